import { Api } from './api.ts';
import type { Vigie } from './vigie.ts';

/** Somebody with an account, signed in as the console does it. */
export interface SignedIn {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly api: Api;
}

/** Makes an account and signs it in. */
export async function account(
  vigie: Vigie,
  user: {
    readonly name: string;
    readonly email: string;
    readonly role: string;
    readonly tenants: readonly string[] | null;
  },
): Promise<SignedIn> {
  const password = 'a long enough pass phrase';
  const made = await vigie.api.ok<{ user: { id: string } }>('POST', '/api/users', { ...user, password });
  const answer = await fetch(`${vigie.run.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ email: user.email, password }),
  });
  if (answer.status !== 200) throw new Error(await answer.text());
  const cookie = answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  const api = new Api(vigie.run.url, undefined, { cookie, 'sec-fetch-site': 'same-origin' });
  return { id: made.user.id, email: user.email, password, api };
}
