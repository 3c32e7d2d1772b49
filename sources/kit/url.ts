import type { EcsFields } from '@vigie/contracts';
import { fieldKeys } from './field-keys.ts';
import { extensionOf } from './file.ts';
import { splitHostPort } from './ip.ts';

const KEYS = fieldKeys(
  'original',
  'full',
  'scheme',
  'domain',
  'port',
  'path',
  'query',
  'fragment',
  'extension',
  'username',
  'password',
);
type Keys = ReturnType<typeof KEYS>;

/** Ports that a scheme stands for when a URL names none. */
const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
  ['ws', 80],
  ['wss', 443],
  ['ftp', 21],
]);

/** Whether `text[from, to)` is a scheme by RFC 3986: a letter, then letters, digits, `+`, `-`, `.`. */
function isScheme(text: string, to: number): boolean {
  if (to < 1 || to > 31) return false;
  for (let i = 0; i < to; i++) {
    const code = text.charCodeAt(i);
    const letter = (code | 32) >= 97 && (code | 32) <= 122;
    if (letter) continue;
    if (i === 0 || !((code >= 48 && code <= 57) || code === 43 || code === 45 || code === 46)) return false;
  }
  return true;
}

/**
 * Writes `url.*` from a request target or an absolute URL, by splitting (RFC 3986, appendix B): nothing is
 * decoded, re-encoded or refused, because an attack's odd spelling is the evidence. One pass, never throws.
 *
 * An absolute URL is also `url.full`, and gets the port its scheme stands for where it names none.
 * `url.registered_domain`, `.subdomain` and `.top_level_domain` are added by the reader.
 *
 * @param text absolute URL, `//host/path`, `/path?query`, or `host:port` where `authority` is set (CONNECT)
 * @param prefix normally `url`
 */
export function putUrl(doc: EcsFields, text: string | undefined, prefix = 'url', authority = false): void {
  if (text === undefined || text === '' || text === '-') return;
  const keys = KEYS(prefix);
  doc[keys.original] = text;
  let rest = text;
  let scheme: string | undefined;
  const colon = rest.indexOf('://');
  if (colon > 0 && isScheme(rest, colon)) {
    scheme = rest.slice(0, colon).toLowerCase();
    doc[keys.scheme] = scheme;
    rest = rest.slice(colon + 1);
  }
  if (authority && !rest.startsWith('//')) rest = `//${rest}`;
  const hash = rest.indexOf('#');
  if (hash >= 0) {
    if (hash < rest.length - 1) doc[keys.fragment] = rest.slice(hash + 1);
    rest = rest.slice(0, hash);
  }
  const question = rest.indexOf('?');
  if (question >= 0) {
    if (question < rest.length - 1) doc[keys.query] = rest.slice(question + 1);
    rest = rest.slice(0, question);
  }
  if (rest.startsWith('//')) {
    const slash = rest.indexOf('/', 2);
    const hasHost = putAuthority(doc, slash < 0 ? rest.slice(2) : rest.slice(2, slash), keys);
    if (scheme !== undefined && hasHost) {
      doc[keys.full] = text;
      const port = DEFAULT_PORTS.get(scheme);
      if (port !== undefined) doc[keys.port] ??= port;
    }
    rest = slash < 0 ? '' : rest.slice(slash);
  }
  if (rest === '') return;
  doc[keys.path] = rest;
  const extension = extensionOf(rest.slice(rest.lastIndexOf('/') + 1));
  if (extension !== undefined) doc[keys.extension] = extension;
}

/** Writes user, host and port; returns whether there is a host. */
function putAuthority(doc: EcsFields, authority: string, keys: Keys): boolean {
  let host = authority;
  const at = host.lastIndexOf('@');
  if (at >= 0) {
    const user = host.slice(0, at);
    const colon = user.indexOf(':');
    const name = colon < 0 ? user : user.slice(0, colon);
    if (name !== '') doc[keys.username] = name;
    if (colon >= 0 && colon < user.length - 1) doc[keys.password] = user.slice(colon + 1);
    host = host.slice(at + 1);
  }
  const split = splitHostPort(host);
  if (split.port !== undefined) doc[keys.port] = split.port;
  if (split.host === '') return false;
  // ECS keeps the brackets of an IPv6 literal.
  doc[keys.domain] = host.startsWith('[') ? `[${split.host}]` : split.host;
  return true;
}

/**
 * Completes `url.*` of a log that gives host and target apart: writes `url.domain`, and `url.full` with scheme
 * and port where the scheme is known. What the target itself said is kept.
 *
 * @param host name or address, with or without port
 * @param scheme `http`, `https`; left out where the log does not tell
 */
export function completeUrl(doc: EcsFields, host: string | undefined, scheme?: string): void {
  if (host === undefined || host === '' || host === '-') return;
  const split = splitHostPort(host);
  if (split.host === '') return;
  const target = doc['url.original'];
  if (doc['url.domain'] === undefined) {
    doc['url.domain'] = host.startsWith('[') ? `[${split.host}]` : split.host;
    if (split.port !== undefined) doc['url.port'] = split.port;
  }
  if (scheme === undefined || doc['url.full'] !== undefined) return;
  doc['url.scheme'] ??= scheme;
  const port = DEFAULT_PORTS.get(scheme);
  if (port !== undefined) doc['url.port'] ??= port;
  if (typeof target === 'string' && target.startsWith('/')) doc['url.full'] = `${scheme}://${host}${target}`;
}
