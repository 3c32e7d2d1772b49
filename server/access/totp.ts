import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

/** RFC 6238's defaults, which is what every authenticator app reads. Seconds. */
const PERIOD = 30;
/** Steps before and after the present one that are accepted: clocks and thumbs are slow (RFC 6238, section 5.2). */
const WINDOW = 1;

/** A new secret of 160 bits (RFC 4226, section 4, R6), base32. */
export function newTotpSecret(): string {
  return new Secret({ size: 20 }).base32;
}

/** The address that an authenticator app reads from the QR code. */
export function totpUri(secret: string, issuer: string, email: string): string {
  return totp(secret, issuer, email).toString();
}

/**
 * The time step that a code is of.
 *
 * @param now epoch milliseconds
 * @returns undefined: the code is wrong, or of another time
 */
export function stepOf(secret: string, code: string, now: number): number | undefined {
  const delta = totp(secret, 'Vigie', '').validate({ token: code, timestamp: now, window: WINDOW });
  return delta === null ? undefined : Math.floor(now / 1000 / PERIOD) + delta;
}

function totp(secret: string, issuer: string, label: string): TOTP {
  return new TOTP({ issuer, label, secret: Secret.fromBase32(secret), period: PERIOD, digits: 6 });
}

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ten recovery codes of 80 random bits each, in Crockford's base32, which has no letters that look alike. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: 10 }, () =>
    Array.from(randomBytes(16), (byte) => LETTERS[byte & 31])
      .join('')
      .replace(/(.{4})(?=.)/g, '$1-'),
  );
}

/** A code as it was made, from what a person typed. */
export function plainCode(typed: string): string {
  return typed.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replace(/[il]/g, '1');
}
