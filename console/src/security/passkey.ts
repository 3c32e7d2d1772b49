import { call } from '../api/client.ts';
import type { SessionView } from '../api/types.ts';

/** Whether passkeys can be used on this page: they belong to one origin, and the browser must know them. */
export function passkeysHere(origin: string | null): boolean {
  return origin === window.location.origin && typeof window.PublicKeyCredential === 'function';
}

/** Asks the browser for one of the person's passkeys, and signs in with it. */
export async function signInWithPasskey(): Promise<SessionView> {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  const { options } = await call<{ options: never }>('POST', '/api/sign-in/passkey/options');
  const response = await startAuthentication({ optionsJSON: options });
  return call<SessionView>('POST', '/api/sign-in/passkey', { response });
}

/** Lets the browser make a passkey, and keeps it under a name. */
export async function addPasskey({ password, name }: { password: string; name: string }): Promise<void> {
  const { startRegistration } = await import('@simplewebauthn/browser');
  const { options } = await call<{ options: never }>('POST', '/api/security/passkeys/options', { password });
  const response = await startRegistration({ optionsJSON: options });
  await call('POST', '/api/security/passkeys', { name, response });
}
