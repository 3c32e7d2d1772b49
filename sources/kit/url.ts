import type { EcsFields } from '@vigie/contracts';
import { splitHostPort } from './ip.ts';

const SCHEME = /^[a-z][a-z0-9+.-]{0,30}$/i;

/**
 * Writes `url.*` from a request target or an absolute URL, by splitting (RFC 3986, appendix B): nothing is
 * decoded, re-encoded or refused, because an attack's odd spelling is the evidence.
 *
 * @param text absolute URL, `//host/path`, `/path?query`, or `host:port` where `authority` is set (CONNECT)
 * @param prefix normally `url`
 */
export function putUrl(doc: EcsFields, text: string | undefined, prefix = 'url', authority = false): void {
  if (text === undefined || text === '' || text === '-') return;
  doc[`${prefix}.original`] = text;
  let rest = text;
  const scheme = rest.indexOf('://');
  if (scheme > 0 && SCHEME.test(rest.slice(0, scheme))) {
    doc[`${prefix}.scheme`] = rest.slice(0, scheme).toLowerCase();
    rest = rest.slice(scheme + 1);
  }
  if (authority && !rest.startsWith('//')) rest = `//${rest}`;
  const hash = rest.indexOf('#');
  if (hash >= 0) {
    if (hash < rest.length - 1) doc[`${prefix}.fragment`] = rest.slice(hash + 1);
    rest = rest.slice(0, hash);
  }
  const question = rest.indexOf('?');
  if (question >= 0) {
    if (question < rest.length - 1) doc[`${prefix}.query`] = rest.slice(question + 1);
    rest = rest.slice(0, question);
  }
  if (rest.startsWith('//')) {
    const slash = rest.indexOf('/', 2);
    putAuthority(doc, slash < 0 ? rest.slice(2) : rest.slice(2, slash), prefix);
    rest = slash < 0 ? '' : rest.slice(slash);
  }
  if (rest === '') return;
  doc[`${prefix}.path`] = rest;
  const dot = rest.lastIndexOf('.');
  const extension = dot > rest.lastIndexOf('/') + 1 ? rest.slice(dot + 1) : '';
  if (extension !== '' && extension.length <= 10 && isWord(extension)) doc[`${prefix}.extension`] = extension;
}

function putAuthority(doc: EcsFields, authority: string, prefix: string): void {
  let host = authority;
  const at = host.lastIndexOf('@');
  if (at >= 0) {
    const user = host.slice(0, at);
    const colon = user.indexOf(':');
    const name = colon < 0 ? user : user.slice(0, colon);
    if (name !== '') doc[`${prefix}.username`] = name;
    if (colon >= 0 && colon < user.length - 1) doc[`${prefix}.password`] = user.slice(colon + 1);
    host = host.slice(at + 1);
  }
  const split = splitHostPort(host);
  if (split.host !== '') doc[`${prefix}.domain`] = split.host;
  if (split.port !== undefined) doc[`${prefix}.port`] = split.port;
}

function isWord(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) | 32;
    const digit = code >= 48 && code <= 57;
    if (!digit && (code < 97 || code > 122)) return false;
  }
  return true;
}
