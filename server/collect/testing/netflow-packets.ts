/** Pieces of NetFlow and IPFIX datagrams, for tests. */

/** Numbers in as many bytes as the pairs say: `be([1, 2], [5, 4])` is 1 in two bytes and 5 in four. */
export function be(...numbers: readonly (readonly [number, number])[]): Buffer {
  const out = Buffer.alloc(numbers.reduce((sum, [, size]) => sum + size, 0));
  let at = 0;
  for (const [value, size] of numbers) {
    if (size <= 6) out.writeUIntBE(value, at, size);
    else out.writeBigUInt64BE(BigInt(value), at);
    at += size;
  }
  return out;
}

export function ip(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

/** A set with its head. */
export function set(id: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([be([id, 2], [body.length + 4, 2]), body]);
}

/** A template's definition: pairs of element and length. */
export function template(id: number, fields: readonly (readonly [number, number])[]): Buffer {
  return Buffer.concat([be([id, 2], [fields.length, 2]), ...fields.map(([f, l]) => be([f, 2], [l, 2]))]);
}

export interface Head {
  /** Seconds. */
  readonly time: number;
  readonly upTime?: number;
  readonly sequence?: number;
  readonly domain?: number;
}

export function version9({ time, upTime = 0, sequence = 0, domain = 0 }: Head, ...sets: Buffer[]): Buffer {
  return Buffer.concat([
    be([9, 2], [sets.length, 2], [upTime, 4], [time, 4], [sequence, 4], [domain, 4]),
    ...sets,
  ]);
}

export function ipfix({ time, sequence = 0, domain = 0 }: Head, ...sets: Buffer[]): Buffer {
  const body = Buffer.concat(sets);
  return Buffer.concat([be([10, 2], [body.length + 16, 2], [time, 4], [sequence, 4], [domain, 4]), body]);
}

/** Version 5 with one record. */
export function version5(
  { time, upTime = 0, sequence = 0 }: Head,
  flow: {
    from: string;
    to: string;
    fromPort: number;
    toPort: number;
    bytes: number;
    packets: number;
    first: number;
    last: number;
  },
  sampling = 0,
): Buffer {
  return Buffer.concat([
    be([5, 2], [1, 2], [upTime, 4], [time, 4], [0, 4], [sequence, 4], [0, 2], [sampling, 2]),
    ip(flow.from),
    ip(flow.to),
    ip('0.0.0.0'),
    be([3, 2], [4, 2], [flow.packets, 4], [flow.bytes, 4], [flow.first, 4], [flow.last, 4]),
    be(
      [flow.fromPort, 2],
      [flow.toPort, 2],
      [0, 1],
      [0x1b, 1],
      [6, 1],
      [0, 1],
      [64500, 2],
      [64501, 2],
      [0, 4],
    ),
  ]);
}
