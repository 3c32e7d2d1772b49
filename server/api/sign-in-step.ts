import type { FastifyReply, FastifyRequest } from 'fastify';
import { readCookie } from './identity.ts';
import { PerMinute } from './per-minute.ts';
import type { ApiServices } from './ports.ts';
import { networkOf } from './throttle.ts';

/** Name of the cookie that holds a sign-in of several steps to the browser that began it. */
const STEP_COOKIE = 'vigie_sign_in';

/**
 * Lax rather than strict: an identity provider's page sends the browser back to us, and a strict cookie would stay
 * behind. It opens nothing but the next step of this one sign-in.
 *
 * @param step its token, and how long it may take, milliseconds
 */
export function setStepCookie(
  services: ApiServices,
  reply: FastifyReply,
  { token, lives }: { readonly token: string; readonly lives: number },
): void {
  const secure = services.publicUrl().startsWith('https:') ? '; Secure' : '';
  const seconds = Math.ceil(lives / 1000);
  reply.header(
    'set-cookie',
    `${STEP_COOKIE}=${token}; Path=/api/; HttpOnly; SameSite=Lax; Max-Age=${seconds}${secure}`,
  );
}

/** The token of the step that this browser is at. */
export function stepToken(request: FastifyRequest): string | undefined {
  return readCookie(request.headers.cookie, STEP_COOKIE) || undefined;
}

/** At most so many beginnings a minute from one address: each of them keeps a row for some minutes. */
const BEGINNINGS = 60;

/** Bounds what callers who have proved nothing can make us keep. */
export class Beginnings {
  readonly #counts: PerMinute;

  constructor(now: () => number) {
    this.#counts = new PerMinute(BEGINNINGS, now);
  }

  /** Counts one. @returns false: too many from this address */
  allow(address: string): boolean {
    return this.#counts.allow(networkOf(address));
  }
}
