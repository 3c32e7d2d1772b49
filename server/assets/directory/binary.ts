type Value = Buffer | Buffer[] | string | string[] | undefined;

function bytesOf(value: Value): Buffer | undefined {
  const one = Array.isArray(value) ? value[0] : value;
  return Buffer.isBuffer(one) ? one : undefined;
}

/** An `objectGUID` as text: the first three parts are little-endian (MS-DTYP, section 2.3.4.2). */
export function guidText(value: Value): string | undefined {
  const bytes = bytesOf(value);
  if (bytes?.length !== 16) return undefined;
  const part = (at: number[]) => at.map((index) => bytes[index]!.toString(16).padStart(2, '0')).join('');
  return [part([3, 2, 1, 0]), part([5, 4]), part([7, 6]), part([8, 9]), part([10, 11, 12, 13, 14, 15])].join(
    '-',
  );
}

/** An `objectSid` as text: revision, count, 48 bits of authority, then 32-bit little-endian parts (MS-DTYP, section 2.4.2.2). */
export function sidText(value: Value): string | undefined {
  const bytes = bytesOf(value);
  if (bytes === undefined || bytes.length < 8 || bytes[0] !== 1) return undefined;
  const count = bytes[1]!;
  if (count > 15 || bytes.length !== 8 + count * 4) return undefined;
  const parts = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(8 + index * 4));
  return ['S', 1, bytes.readUIntBE(2, 6), ...parts].join('-');
}
