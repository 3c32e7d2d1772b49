import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';
/** Standard Webhooks asks for 24 to 64 octets. */
const SECRET_LENGTH = 32;

/** A new signing secret, in the form that libraries of Standard Webhooks take. */
export function newWebhookSecret(): string {
  return PREFIX + randomBytes(SECRET_LENGTH).toString('base64');
}

/**
 * Headers of a delivery by Standard Webhooks: HMAC-SHA256 over id, timestamp and body, joined by dots. The
 * timestamp is signed, so that a receiver can refuse what is old.
 *
 * @param at epoch milliseconds of this attempt
 */
export function signatureHeaders(
  secret: string,
  id: string,
  at: number,
  body: string,
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
