import { isIP } from 'node:net';
import type { generateRegistrationOptions } from '@simplewebauthn/server';
import type { PasskeyAssertion, PasskeyAttestation } from '@vigie/contracts/api';
import { SignInRefused } from './errors.ts';
import type { StoredPasskey } from './ports.ts';

/** Loaded with the first passkey that is asked for: it is large, and the server starts without it. */
const library = () => import('@simplewebauthn/server');

/** Whom passkeys are made for: a domain, and the one origin that may ask for them. */
export interface RelyingParty {
  readonly id: string;
  readonly origin: string;
}

/**
 * The relying party of an installation. Browsers bind passkeys to a domain and to a safe origin; the address of a
 * machine is none, except that a loopback address can be reached as `localhost`.
 *
 * @returns undefined: passkeys can't be used there
 */
export function relyingParty(publicUrl: string): RelyingParty | undefined {
  const url = new URL(publicUrl);
  const host = url.hostname === '127.0.0.1' || url.hostname === '[::1]' ? 'localhost' : url.hostname;
  if (isIP(host.replace(/^\[|\]$/g, '')) !== 0) return undefined;
  if (url.protocol !== 'https:' && host !== 'localhost') return undefined;
  url.hostname = host;
  return { id: host, origin: url.origin };
}

type Transports = NonNullable<
  NonNullable<Parameters<typeof generateRegistrationOptions>[0]['excludeCredentials']>[number]['transports']
>;

/** What a browser needs to make a passkey: discoverable, and unlocked by its owner at each use. */
export async function registrationOptions(
  party: RelyingParty,
  account: { readonly id: string; readonly email: string; readonly name: string },
  present: readonly StoredPasskey[],
) {
  const { generateRegistrationOptions: optionsFor } = await library();
  return optionsFor({
    rpName: 'Vigie',
    rpID: party.id,
    userID: new TextEncoder().encode(account.id),
    userName: account.email,
    userDisplayName: account.name,
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: present.map(({ id, transports }) => ({
      id,
      transports: [...transports] as Transports,
    })),
  });
}

/** @throws SignInRefused when anything of it is not what was asked for */
export async function verifyRegistration(
  party: RelyingParty,
  challenge: string,
  response: PasskeyAttestation,
): Promise<Pick<StoredPasskey, 'id' | 'publicKey' | 'counter' | 'transports' | 'synced'>> {
  const { verifyRegistrationResponse } = await library();
  const { verified, registrationInfo } = await judged(() =>
    verifyRegistrationResponse({
      response: response as Parameters<typeof verifyRegistrationResponse>[0]['response'],
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
    }),
  );
  if (!verified) throw new SignInRefused('refused', 'the passkey’s statement can’t be verified');
  const { credential, credentialBackedUp } = registrationInfo;
  return {
    id: credential.id,
    publicKey: credential.publicKey,
    counter: credential.counter,
    transports: response.response.transports ?? [],
    synced: credentialBackedUp,
  };
}

/** What a browser needs to let a person choose among their passkeys; names nobody. */
export async function assertionOptions(party: RelyingParty) {
  const { generateAuthenticationOptions } = await library();
  return generateAuthenticationOptions({ rpID: party.id, userVerification: 'required' });
}

/**
 * @returns the authenticator's counter now
 * @throws SignInRefused when anything of it is not what was asked for, or the counter went back
 */
export async function verifyAssertion(
  party: RelyingParty,
  challenge: string,
  passkey: StoredPasskey,
  response: PasskeyAssertion,
): Promise<number> {
  const { verifyAuthenticationResponse } = await library();
  const { verified, authenticationInfo } = await judged(() =>
    verifyAuthenticationResponse({
      response: response as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential: { id: passkey.id, publicKey: passkey.publicKey, counter: passkey.counter },
      requireUserVerification: true,
    }),
  );
  if (!verified) throw new SignInRefused('refused', 'the passkey’s signature is wrong');
  return authenticationInfo.newCounter;
}

/** What the library throws is about the message that was sent: bad input. */
async function judged<Result>(verify: () => Promise<Result>): Promise<Result> {
  try {
    return await verify();
  } catch (cause) {
    throw new SignInRefused('refused', cause instanceof Error ? cause.message : 'not a passkey’s message', {
      cause,
    });
  }
}
