import { createHash, randomBytes } from 'node:crypto';

/**
 * Links by which somebody answers without an account.
 *
 * A token is 256 random bits, is known to the mail alone and stored as SHA-256. It is not made when the mail is
 * written, because the outbox keeps what is written and is shown to people: the text holds a placeholder, and the
 * token takes its place at the moment of sending. It stands in the address after `#`, so that neither proxies nor
 * server logs see it.
 */
const PREFIX = 'vlnk_';
const TOKEN = /^vlnk_[A-Za-z0-9_-]{43}$/;

/** Stands for the token of one recipient in a mail that waits to be sent. */
export const LINK_PLACEHOLDER = /vlnk-of-([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/g;

/** @param recipientId a UUID */
export function placeholderFor(recipientId: string): string {
  return `vlnk-of-${recipientId}`;
}

/** A new secret token. */
export function newLinkToken(): string {
  return PREFIX + randomBytes(32).toString('base64url');
}

/** What is stored of a token; undefined for what can't be one. */
export function hashOfLink(token: string): Buffer | undefined {
  return TOKEN.test(token) ? createHash('sha256').update(token).digest() : undefined;
}
