/** One record's fields in order, decoded; values that stand for nothing (`?`, `(null)`) are left out. */
export type AuditFields = Map<string, string>;

/** Fields that the kernel writes as hexadecimal where they hold blanks, quotes or control characters. */
const ENCODED = new Set(
  'name exe comm cmd cwd proctitle acct path key data dir ocomm new-log-passwd grp vm old-vm new-vm'.split(
    ' ',
  ),
);
const MAX_FIELDS = 400;
const MAX_DEPTH = 2;

const ARGUMENT = /^a\d+(?:\[\d+\])?$/;

function isArgument(key: string): boolean {
  return key.charCodeAt(0) === 97 && ARGUMENT.test(key);
}

/** Text of an even run of hexadecimal digits, or `undefined` where it is not one. */
export function decodeHex(value: string): string | undefined {
  if (value.length < 2 || value.length % 2 !== 0) return undefined;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (!((code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102)))
      return undefined;
  }
  // A path may end in the NUL of the C string it came from.
  return Buffer.from(value, 'hex').toString('utf8').replace(/\0+$/, '');
}

/**
 * Reads `key=value` pairs of an audit record: bare, `"quoted"`, or `'…'` around pairs of a user-space
 * program, which are read into the same map. After the separator 0x1D come the interpreted names of an
 * enriched log in capitals (`UID="root"`), which are kept under those.
 *
 * @param isExecve in EXECVE records `a0`, `a1`, … are text, elsewhere they are numbers
 */
export function readFields(
  text: string,
  isExecve: boolean,
  fields: AuditFields = new Map(),
  depth = 0,
): AuditFields {
  const length = text.length;
  let i = 0;
  while (i < length && fields.size < MAX_FIELDS) {
    const code = text.charCodeAt(i);
    if (code <= 32 || code === 44) {
      i++;
      continue;
    }
    const start = i;
    while (i < length && text.charCodeAt(i) !== 61 && text.charCodeAt(i) > 32) i++;
    if (text.charCodeAt(i) !== 61) continue;
    const key = text.slice(start, i);
    const quote = text.charCodeAt(++i);
    if (quote === 39 && depth < MAX_DEPTH) {
      let close = text.lastIndexOf("'");
      if (close <= i) close = length;
      readFields(text.slice(i + 1, close), isExecve, fields, depth + 1);
      i = close + 1;
      continue;
    }
    let value: string;
    if (quote === 34) {
      const close = text.indexOf('"', i + 1);
      value = text.slice(i + 1, close < 0 ? length : close);
      i = close < 0 ? length : close + 1;
    } else {
      const from = i;
      while (i < length && text.charCodeAt(i) > 32) i++;
      let to = i;
      // `res=failed)'` of old formats, and lists of pairs with commas.
      if (text.charCodeAt(from) !== 40)
        while (to > from && (text.charCodeAt(to - 1) === 44 || text.charCodeAt(to - 1) === 41)) to--;
      value = text.slice(from, to);
      if (ENCODED.has(key) || (isExecve && isArgument(key))) value = decodeHex(value) ?? value;
    }
    const name = key.charCodeAt(0) === 40 ? key.slice(1) : key;
    if (value !== '' && value !== '(null)' && value !== '(none)' && value !== '?' && !fields.has(name))
      fields.set(name, value);
  }
  return fields;
}

/** One audit record: type, identity and fields. */
export interface AuditRecord {
  /** Upper case, without `AUDIT_`: `SYSCALL`, `USER_AUTH`. */
  readonly type: string;
  /** Epoch milliseconds, from `msg=audit(…)`. */
  readonly time?: number;
  /** Serial number: records of one event share it. */
  readonly sequence?: number;
  readonly node?: string;
  readonly fields: AuditFields;
  /** What stands before the first field (`avc:  denied  { write } for`). */
  readonly text: string;
}

/** Numbers that the kernel writes where no daemon translates them (`include/uapi/linux/audit.h`). */
const TYPES: Readonly<Record<string, string>> = {
  1006: 'LOGIN',
  1100: 'USER_AUTH',
  1101: 'USER_ACCT',
  1103: 'CRED_ACQ',
  1104: 'CRED_DISP',
  1105: 'USER_START',
  1106: 'USER_END',
  1107: 'USER_AVC',
  1108: 'USER_CHAUTHTOK',
  1109: 'USER_ERR',
  1110: 'CRED_REFR',
  1112: 'USER_LOGIN',
  1113: 'USER_LOGOUT',
  1114: 'ADD_USER',
  1115: 'DEL_USER',
  1116: 'ADD_GROUP',
  1117: 'DEL_GROUP',
  1123: 'USER_CMD',
  1130: 'SERVICE_START',
  1131: 'SERVICE_STOP',
  1300: 'SYSCALL',
  1302: 'PATH',
  1304: 'SOCKETCALL',
  1305: 'CONFIG_CHANGE',
  1306: 'SOCKADDR',
  1307: 'CWD',
  1309: 'EXECVE',
  1325: 'NETFILTER_CFG',
  1326: 'SECCOMP',
  1327: 'PROCTITLE',
  1334: 'BPF',
  1400: 'AVC',
  1403: 'MAC_POLICY_LOAD',
  1404: 'MAC_STATUS',
  1700: 'ANOM_PROMISCUOUS',
  1701: 'ANOM_ABEND',
};

function readStamp(text: string, at: number): { time: number; sequence: number; end: number } | undefined {
  const close = text.indexOf(')', at);
  if (close < 0 || close - at > 48) return undefined;
  const inside = text.slice(at, close);
  const colon = inside.lastIndexOf(':');
  const time = Number(inside.slice(0, colon));
  const sequence = Number(inside.slice(colon + 1));
  if (colon <= 0 || !Number.isFinite(time) || !Number.isSafeInteger(sequence)) return undefined;
  let end = close + 1;
  while (text.charCodeAt(end) === 58 || text.charCodeAt(end) === 32) end++;
  return { time: Math.round(time * 1000), sequence, end };
}

const WORD = /^[A-Z][A-Z0-9_]*$/;

/**
 * Reads one line of audit.log, of audispd's syslog plugin, of the kernel log (`audit: type=1400
 * audit(…): …`) or of journald (`audit[4711]: USER_AUTH pid=…`).
 *
 * @returns `undefined` where the line is no audit record
 */
export function readRecord(line: string, tagged: boolean): AuditRecord | undefined {
  let text = line.trim();
  // The kernel's own clock in front: `[   12.345678] audit: `.
  if (text.charCodeAt(0) === 91) text = text.slice(text.indexOf(']') + 1).trimStart();
  if (text.startsWith('audit: ')) text = text.slice(7);
  let node: string | undefined;
  if (text.startsWith('node=')) {
    const space = text.indexOf(' ');
    node = text.slice(5, space);
    text = text.slice(space + 1);
  }
  let type: string;
  let rest: string;
  if (text.startsWith('type=') || text.startsWith('type =')) {
    const from = text.indexOf('=') + 1;
    const space = text.indexOf(' ', from);
    if (space < 0) return undefined;
    type = text.slice(from, space);
    rest = text.slice(space + 1);
  } else if (tagged || text.startsWith('audit(')) {
    const space = text.indexOf(' ');
    type = space < 0 ? text : text.slice(0, space);
    if (!WORD.test(type)) return undefined;
    rest = text.slice(space + 1);
  } else return undefined;
  type = TYPES[type] ?? type.replace(/^UNKNOWN\[(\d+)\]$/, '$1').replace(/^AUDIT_/, '');
  const stampAt = rest.startsWith('msg=audit(') ? 10 : rest.startsWith('audit(') ? 6 : -1;
  const stamp = stampAt < 0 ? undefined : readStamp(rest, stampAt);
  if (stamp === undefined && !tagged) return undefined;
  let body = stamp === undefined ? rest : rest.slice(stamp.end);
  const equals = body.indexOf('=');
  const head = equals < 0 ? body.length : body.lastIndexOf(' ', equals) + 1;
  const intro = body.slice(0, head).trim();
  if (head > 0) body = body.slice(head);
  return {
    type: type.toUpperCase(),
    time: stamp?.time,
    sequence: stamp?.sequence,
    node,
    fields: readFields(body, type === 'EXECVE'),
    text: intro,
  };
}
