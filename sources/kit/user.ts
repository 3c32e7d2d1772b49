import type { EcsFields } from '@vigie/contracts';
import { fieldKeys } from './field-keys.ts';

const KEYS = fieldKeys('name', 'domain', 'email');

export interface Account {
  readonly name: string;
  readonly domain?: string;
  /** Present where the account was written as an address (`user@example.com`). */
  readonly email?: string;
}

/**
 * Splits `DOMAIN\user`, `DOMAIN/user` (one slash), `user@domain` and `user`. An address keeps the local part
 * as name; `.\user` has no domain.
 */
export function parseAccount(text: string): Account {
  const backslash = text.indexOf('\\');
  if (backslash >= 0) {
    const domain = text.slice(0, backslash);
    // JSON written twice leaves two backslashes.
    const name =
      text.charCodeAt(backslash + 1) === 92 ? text.slice(backslash + 2) : text.slice(backslash + 1);
    if (name !== '') return domain === '' || domain === '.' ? { name } : { name, domain };
  }
  const at = text.lastIndexOf('@');
  if (at > 0 && at < text.length - 1) {
    const domain = text.slice(at + 1);
    const name = text.slice(0, at);
    return domain.indexOf('.') > 0 ? { name, domain, email: text } : { name, domain };
  }
  const slash = text.indexOf('/');
  if (slash > 0 && slash < text.length - 1 && text.indexOf('/', slash + 1) < 0)
    return { name: text.slice(slash + 1), domain: text.slice(0, slash) };
  return { name: text };
}

/**
 * Writes an account below `prefix` (`user`, `source.user`, `user.target`): name, and domain and email where
 * known. Empty text and `-` are no account.
 */
export function putAccount(doc: EcsFields, prefix: string, text: string | undefined): void {
  if (text === undefined || text === '' || text === '-') return;
  const account = parseAccount(text);
  const keys = KEYS(prefix);
  doc[keys.name] = account.name;
  if (account.domain !== undefined) doc[keys.domain] = account.domain;
  if (account.email !== undefined) doc[keys.email] = account.email;
}
