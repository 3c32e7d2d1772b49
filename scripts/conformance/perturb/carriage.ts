import { parseSyslog } from '../../../sources/kit/syslog-header.ts';

/** Another way in which the same log arrives. */
export interface Carriage {
  readonly name: string;
  /**
   * What it does to what a log says: `same` must leave every field as it is; `less` takes parts of the log away, so
   * that only what is left can be asked for.
   */
  readonly keeps: 'same' | 'less';
  /**
   * The log as it would arrive; undefined where this can't happen to such a log.
   *
   * @param optional whether other logs of the technology do without this key
   */
  apply(raw: string, next: () => number, optional: (key: string) => boolean): string | undefined;
}

const RECEIVED = { receivedAt: Date.UTC(2027, 0, 1), timeZone: 'UTC' };

/** The log as a JSON object; undefined for all others. */
function objectOf(raw: string): Record<string, unknown> | undefined {
  if (!raw.startsWith('{')) return undefined;
  try {
    return JSON.parse(raw) as Record<string, unknown>;
  } catch {
    // A line that only begins like an object is text.
    return undefined;
  }
}

function shuffled<T>(items: readonly T[], next: () => number): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

function shuffleKeys(value: unknown, next: () => number): unknown {
  if (Array.isArray(value)) return value.map((item) => shuffleKeys(item, next));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, shuffleKeys(item, next)] as const);
  return Object.fromEntries(shuffled(entries, next));
}

/** Without some of the members that may be absent. */
function dropLeaves(value: unknown, next: () => number, optional: (key: string) => boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => dropLeaves(item, next, optional));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => (typeof item === 'object' && item !== null) || !optional(key) || next() > 0.25)
      .map(([key, item]) => [key, dropLeaves(item, next, optional)]),
  );
}

/** The keys of a log of JSON or pairs, at any depth. */
export function keysOf(raw: string): Set<string> | undefined {
  const json = objectOf(raw);
  const keys = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      if (!Array.isArray(value)) keys.add(key);
      walk(item);
    }
  };
  if (json !== undefined) walk(json);
  else {
    const line = pairsOf(raw);
    if (line === undefined) return undefined;
    for (const pair of line.pairs) keys.add(pair.slice(0, pair.indexOf('=')));
  }
  return keys;
}

const PAIR = /(?<=^|[ ,;|])([A-Za-z_][\w.-]{0,40})=("(?:[^"\\]|\\.)*"|[^\s"',;|]*)(?=[ ,;|]|$)/g;

/** A line of `key=value` pairs, apart from what stands between them; undefined where it is none. */
function pairsOf(raw: string): { pairs: string[]; between: string[] } | undefined {
  if (raw.startsWith('{') || raw.includes('CEF:') || raw.includes('LEEF:') || raw.includes('\n'))
    return undefined;
  const pairs: string[] = [];
  const between: string[] = [];
  let at = 0;
  for (const found of raw.matchAll(PAIR)) {
    pairs.push(found[0]);
    between.push(raw.slice(at, found.index));
    at = found.index + found[0].length;
  }
  between.push(raw.slice(at));
  // Pairs with text among them are part of a sentence.
  const isPlain =
    between.slice(1, -1).every((part) => /^[ ,;|]{1,2}$/.test(part)) && between.at(-1)!.trim() === '';
  return pairs.length >= 8 && isPlain ? { pairs, between } : undefined;
}

function withPairs(pairs: readonly string[], between: readonly string[]): string {
  let out = '';
  for (const [i, pair] of pairs.entries()) out += between[i]! + pair;
  return out + between.at(-1)!;
}

function hasHeader(raw: string): boolean {
  return raw.startsWith('<') || parseSyslog(raw, RECEIVED) !== undefined;
}

const isLine = (raw: string): boolean => !raw.includes('\n');

/** Ways that logs take before they arrive: relays, shippers, exports, other writers of the same JSON. */
export const CARRIAGES: readonly Carriage[] = [
  {
    name: 'header of RFC 3164 in front',
    keeps: 'same',
    apply: (raw) => (hasHeader(raw) || !isLine(raw) ? undefined : `<134>Jun  5 06:07:08 relay-7 ${raw}`),
  },
  {
    name: 'header of RFC 5424 in front',
    keeps: 'same',
    apply: (raw) =>
      hasHeader(raw) || !isLine(raw) ? undefined : `<134>1 2026-06-05T06:07:08.250Z relay-7 - - - - ${raw}`,
  },
  {
    name: 'header of RFC 5424 with a BOM',
    keeps: 'same',
    apply: (raw) =>
      hasHeader(raw) || !isLine(raw)
        ? undefined
        : `<134>1 2026-06-05T06:07:08+02:00 relay-7 - - - - \ufeff${raw}`,
  },
  {
    name: 'without priority',
    keeps: 'same',
    apply: (raw) => {
      const found = /^<\d{1,3}>(?!1 )/.exec(raw);
      return found === null ? undefined : raw.slice(found[0].length);
    },
  },
  {
    name: 'without header, tag kept',
    keeps: 'less',
    apply: (raw) => {
      const line = parseSyslog(raw, RECEIVED);
      if (line === undefined || line.at === 0 || line.header.hostname === undefined) return undefined;
      const { app, procid } = line.header;
      const at = app === undefined ? line.at : raw.indexOf(app);
      // The text of RFC 5424 has its application among other columns.
      if (/^<\d+>1 /.test(raw)) {
        const tag = app === undefined ? '' : `${app}${procid === undefined ? '' : `[${procid}]`}: `;
        return tag + raw.slice(line.at).replace(/^\ufeff/, '');
      }
      return at < 0 || at > line.at ? undefined : raw.slice(at);
    },
  },
  { name: 'CR and LF at the end', keeps: 'same', apply: (raw) => `${raw}\r\n` },
  { name: 'BOM in front', keeps: 'same', apply: (raw) => `\ufeff${raw}` },
  {
    name: 'blanks around it',
    keeps: 'same',
    apply: (raw) => (raw.startsWith('{') ? ` ${raw}  ` : `${raw} `),
  },
  {
    name: 'JSON with message alone',
    keeps: 'same',
    apply: (raw) => JSON.stringify({ message: raw }),
  },
  {
    name: 'JSON of a shipper',
    keeps: 'same',
    apply: (raw) =>
      JSON.stringify({
        '@timestamp': '2026-06-05T06:07:08.250Z',
        '@metadata': { beat: 'filebeat', type: '_doc', version: '8.17.0' },
        message: raw,
        input: { type: 'udp' },
        agent: {
          type: 'filebeat',
          name: 'relay-7',
          version: '8.17.0',
          id: '5d2c0b6a-0000-4000-8000-3c1f6e2a9d10',
        },
        ecs: { version: '8.0.0' },
        host: { name: 'relay-7' },
        log: { source: { address: '192.0.2.44:514' } },
      }),
  },
  {
    name: 'HTTP Event Collector',
    keeps: 'same',
    apply: (raw) =>
      JSON.stringify({
        time: 1780639628.25,
        host: 'relay-7',
        source: 'udp:514',
        sourcetype: 'any',
        index: 'main',
        event: objectOf(raw) ?? raw,
      }),
  },
  {
    name: 'export of Splunk',
    keeps: 'same',
    apply: (raw) =>
      JSON.stringify({
        preview: false,
        offset: 3,
        result: {
          _time: '2026-06-05T06:07:08.250+00:00',
          _raw: raw,
          host: 'relay-7',
          index: 'main',
          source: 'udp:514',
          sourcetype: 'any',
          linecount: '1',
          splunk_server: 'idx-2',
        },
      }),
  },
  {
    name: 'export of Elasticsearch',
    keeps: 'same',
    apply: (raw) =>
      JSON.stringify({
        _index: '.ds-logs-any-default-2026.06.05-000001',
        _id: 'kV3zYpcBq0_1',
        _score: 1,
        _source: {
          '@timestamp': '2026-06-05T06:07:08.250Z',
          message: raw,
          event: { original: raw },
          agent: { name: 'relay-7', type: 'filebeat' },
        },
      }),
  },
  {
    name: 'keys in another order',
    keeps: 'same',
    apply: (raw, next) => {
      const json = objectOf(raw);
      if (json !== undefined) return JSON.stringify(shuffleKeys(json, next));
      const line = pairsOf(raw);
      if (line === undefined) return undefined;
      return withPairs([line.pairs[0]!, ...shuffled(line.pairs.slice(1), next)], line.between);
    },
  },
  {
    name: 'JSON over several lines',
    keeps: 'same',
    apply: (raw) => {
      const json = objectOf(raw);
      return json === undefined ? undefined : JSON.stringify(json, undefined, 2);
    },
  },
  {
    name: 'unknown fields added',
    keeps: 'same',
    apply: (raw) => {
      const json = objectOf(raw);
      if (json !== undefined)
        return JSON.stringify({ zz_first: 'k1', ...json, zz_batch: { no: 7, ok: true } });
      const line = pairsOf(raw);
      if (line === undefined) return undefined;
      const mark = line.between[1] ?? ' ';
      return `${withPairs(line.pairs, line.between)}${mark}zz_batch=k1`;
    },
  },
  {
    name: 'values in quotes',
    keeps: 'same',
    apply: (raw) => {
      const line = pairsOf(raw);
      if (line === undefined) return undefined;
      const quoted = line.pairs.map((pair) => pair.replace(/^([^=]+)=([^"].*)$/, '$1="$2"'));
      return withPairs(quoted, line.between);
    },
  },
  {
    name: 'fields left out',
    keeps: 'less',
    apply: (raw, next, optional) => {
      const json = objectOf(raw);
      if (json !== undefined) return JSON.stringify(dropLeaves(json, next, optional));
      const line = pairsOf(raw);
      if (line === undefined) return undefined;
      const kept = line.pairs.map((pair) => !optional(pair.slice(0, pair.indexOf('='))) || next() > 0.25);
      return withPairs(
        line.pairs.filter((_, i) => kept[i]),
        [...line.between.slice(0, -1).filter((_, i) => kept[i]), line.between.at(-1)!],
      );
    },
  },
  {
    name: 'name of the program in capitals',
    keeps: 'same',
    apply: (raw) => {
      const { app } = parseSyslog(raw, RECEIVED)?.header ?? {};
      if (app === undefined || !/^[a-z]+$/.test(app)) return undefined;
      return raw.replace(app, app.toUpperCase());
    },
  },
  {
    name: 'times of another zone',
    keeps: 'same',
    apply: (raw) => {
      const moved = raw.replace(
        /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z/g,
        (_, whole: string, fraction = '') => {
          const there = new Date(Date.parse(`${whole}Z`) + 5.5 * 3_600_000);
          return `${there.toISOString().slice(0, 19)}${fraction as string}+05:30`;
        },
      );
      return moved === raw ? undefined : moved;
    },
  },
];
