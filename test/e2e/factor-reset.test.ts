import type { AuditView, MailView, SecurityView } from '@vigie/contracts/api';
import { TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { account, type SignedIn } from '../support/account.ts';
import { MailServer } from '../support/mail-server.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

let mails: MailServer;
let vigie: Vigie;
let root: SignedIn;
let ann: SignedIn;
let clara: SignedIn;
let carl: SignedIn;
let gus: SignedIn;

const reset = (who: SignedIn, of: SignedIn) =>
  who.api.call('DELETE', `/api/users/${of.email}/second-factors`);

/** Sets up an authenticator app. */
async function enrol(who: SignedIn): Promise<void> {
  const { uri } = await who.api.ok<{ uri: string }>('POST', '/api/security/totp', { password: who.password });
  const secret = new URL(uri).searchParams.get('secret')!;
  await who.api.ok('POST', '/api/security/totp/confirm', { code: new TOTP({ secret }).generate() });
  expect((await who.api.get<SecurityView>('/api/security')).totpSince).not.toBeNull();
}

/** What signing in with the password alone answers: 202 asks for a second factor. */
async function signIn({ email, password }: SignedIn): Promise<number> {
  const answer = await fetch(`${vigie.run.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ email, password }),
  });
  return answer.status;
}

beforeAll(async () => {
  mails = await new MailServer().open();
  vigie = await Vigie.start({ config: { mail: mails.settings } });
  await vigie.addTenant('harbour', { name: 'Port de Harbour', language: 'fr' });
  await vigie.addTenant('globex');
  const who = (name: string, role: string, tenants: string[] | null) =>
    account(vigie, { name, email: `${name.toLowerCase()}@example.org`, role, tenants });
  root = await who('Root', 'provider-administrator', null);
  ann = await who('Ann', 'analyst', null);
  clara = await who('Clara', 'client-administrator', ['harbour']);
  carl = await who('Carl', 'client-reader', ['harbour']);
  gus = await who('Gus', 'client-reader', ['globex']);
  for (const one of [root, ann, carl, gus]) await enrol(one);
});
afterAll(async () => {
  await vigie?.remove();
  await mails?.close();
});

test('nobody resets upwards, over tenants, without the permission, or for themselves', async () => {
  for (const [by, of, status] of [
    // A client's administrator: the provider's people are not there for them, nor is another client.
    [clara, ann, 404],
    [clara, root, 404],
    [clara, gus, 404],
    [ann, carl, 403],
    [carl, gus, 403],
    // An open session, stolen or not, is no way to get rid of its own second factor.
    [root, root, 403],
  ] as const)
    expect((await reset(by, of)).status, `${by.email} of ${of.email}`).toBe(status);
  for (const one of [root, ann, carl, gus]) expect(await signIn(one), one.email).toBe(202);
  await vigie.settled();
  expect(mails.mails).toEqual([]);
});

test('an administrator resets: factors and sessions are gone, the person is told, and it is on record', async () => {
  expect((await reset(clara, carl)).status).toBe(204);
  expect((await carl.api.call('GET', '/api/session')).status).toBe(401);
  expect(await signIn(carl)).toBe(200);
  const mail = await until('the mail', () => mails.mails.find(({ to }) => to.includes(carl.email)));
  expect(mail.subject).toBe('Vos seconds facteurs ont été réinitialisés');
  expect(mail.text).toContain('Clara a réinitialisé');
  expect(mail.html).toContain('lang="fr"');
  // Theirs alone: the mails of the tenant, which its people read, do not have it.
  const { items } = await clara.api.get<{ items: MailView[] }>('/api/outbox');
  expect(items).toEqual([]);
  expect((await reset(root, ann)).status).toBe(204);
  const english = await until('the mail', () => mails.mails.find(({ to }) => to.includes(ann.email)));
  expect(english.subject).toBe('Your second factors were reset');
  expect(await signIn(gus)).toBe(202);
  const { items: records } = await vigie.api.get<{ items: AuditView[] }>('/api/audit?limit=500');
  const resets = records.filter(({ action }) => action === 'users.second-factors.remove');
  expect(resets.map(({ outcome }) => outcome).sort()).toEqual([
    'done',
    'done',
    ...Array.from({ length: 6 }, () => 'refused'),
  ]);
});
