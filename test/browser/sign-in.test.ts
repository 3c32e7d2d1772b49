import { createServer, type Server } from 'node:http';
import type { SsoConnectionView } from '@vigie/contracts/api';
import { TOTP } from 'otpauth';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openPage, type WatchedPage } from '../support/browser.ts';
import { SamlProvider } from '../support/saml-provider.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

const GUARD = { email: 'guard@harbour.example', password: 'a long password of a guard' };

let vigie: Vigie;
let watched: WatchedPage;
let page: Page;
let devices: CDPSession;
let authenticatorId: string;
let home: string;

/** Chromium says each refused call on its console; these are the ones that the tests cause. */
const EXPECTED = /the server responded with a status of (401|400|403)/;

async function signIn({ email, password }: { email: string; password: string }): Promise<void> {
  await page.goto('/incidents');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function signOut(): Promise<void> {
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('E-mail').waitFor();
}

const codeOf = (secret: string, steps = 0) =>
  new TOTP({ secret: secret.replaceAll(' ', '') }).generate({ timestamp: Date.now() + steps * 30_000 });

describe.runIf(CHROMIUM !== undefined)('signing in, in Chromium', () => {
  beforeAll(async () => {
    vigie = await Vigie.start();
    await vigie.addTenant('harbour', { name: 'Harbour Authority' });
    await vigie.api.ok('POST', '/api/users', {
      ...GUARD,
      name: 'Gus Ward',
      role: 'client-reader',
      tenants: ['harbour'],
    });
    // Passkeys belong to a name, not to an address.
    home = vigie.run.url.replace('127.0.0.1', 'localhost');
    watched = await openPage(home);
    page = watched.page;
    devices = await page.context().newCDPSession(page);
    await devices.send('WebAuthn.enable');
    ({ authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    }));
  });
  afterAll(async () => {
    await watched?.close();
    await vigie?.remove();
  });
  afterEach(() => {
    expect(watched.complaints.splice(0).filter((text) => !EXPECTED.test(text))).toEqual([]);
  });

  test('a passkey is added under a name, signs in without a password, and is removed', async () => {
    await signIn(ADMINISTRATOR);
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('link', { name: 'Security' }).click();
    await page.getByRole('button', { name: 'Add a passkey' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Work laptop');
    await dialog.getByLabel('Your password').fill(ADMINISTRATOR.password);
    await dialog.getByRole('button', { name: 'Add a passkey' }).click();
    const row = page.getByTestId('passkey');
    await row.getByText('Work laptop').waitFor();
    await signOut();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    // Back where the person was.
    await row.getByText('last used').waitFor();
    await signOut();

    // Where a second factor is required, a password is not the way around the passkey.
    await vigie.api.ok('PUT', '/api/sign-in-settings', { tenant: null, secondFactor: true });
    await signIn(ADMINISTRATOR);
    await page.getByRole('heading', { name: 'Confirm it is you' }).waitFor();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
    await vigie.api.ok('PUT', '/api/sign-in-settings', { tenant: null, secondFactor: false });
    await signOut();

    // A copy of the authenticator, made before its last uses, counts behind it and is refused.
    const { credentials } = await devices.send('WebAuthn.getCredentials', { authenticatorId });
    const [credential] = credentials;
    expect(credential!.signCount).toBeGreaterThan(1);
    await devices.send('WebAuthn.clearCredentials', { authenticatorId });
    await devices.send('WebAuthn.addCredential', {
      authenticatorId,
      credential: { ...credential!, signCount: 0 },
    });
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('The passkey was not accepted').waitFor();

    await signIn(ADMINISTRATOR);
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
    await page.goto('/security');
    await row.getByRole('button', { name: 'Rename' }).click();
    await dialog.getByLabel('Name').fill('Old laptop');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await row.getByText('Old laptop').waitFor();
    await row.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByLabel('Your password').fill('not it');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByText('The password is wrong.').waitFor();
    await dialog.getByLabel('Your password').fill(ADMINISTRATOR.password);
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await row.waitFor({ state: 'detached' });
    await signOut();
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('The passkey was not accepted').waitFor();
  });

  test('who must have a second factor is led to it, and asked for it from then on', async () => {
    await vigie.api.ok('PUT', '/api/sign-in-settings', { tenant: 'harbour', secondFactor: true });
    await page.setViewportSize({ width: 390, height: 800 });
    await signIn(GUARD);
    await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor();
    await page.getByRole('button', { name: 'Set up authenticator app' }).click();
    await page.getByTestId('qr').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    const secret = await page.getByTestId('totp-secret').innerText();
    await page.getByLabel('Code from the app').fill('000000');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('The code is wrong.').waitFor();
    await page.getByLabel('Code from the app').fill(codeOf(secret, -1));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByTestId('recovery-codes').waitFor();
    const codes = await page.getByTestId('recovery-codes').locator('code').allInnerTexts();
    expect(codes).toHaveLength(10);
    await page.getByLabel('I have put the codes in a safe place.').check();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
    await page.setViewportSize({ width: 1440, height: 900 });
    await signOut();

    await signIn(GUARD);
    await page.getByRole('heading', { name: 'Confirm it is you' }).waitFor();
    await page.getByLabel('Code', { exact: true }).fill(codeOf(secret));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
    await signOut();
    await signIn(GUARD);
    await page.getByRole('button', { name: 'Use a recovery code' }).click();
    await page.getByLabel('Recovery code').fill(codes[0]!);
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
    await signOut();
  });

  test('a connection is set up, and brings its people in from another site', async () => {
    const idp = new SamlProvider();
    // Another site than ours, for a browser: strict cookies stay behind on the way back.
    const site: Server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      if (!url.searchParams.has('SAMLRequest')) {
        response.writeHead(204).end();
        return;
      }
      const asked = idp.question(url.href);
      const answer = idp.answer(asked, { email: 'hana@harbour.example', nameId: 'h-1' });
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(
          `<form method="post" action="${asked.callback.replace('127.0.0.1', 'localhost')}"><input name="SAMLResponse" type="hidden" value="${answer}"><input type="submit" value="Go on"></form>`,
        );
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    const address = site.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      await signIn(ADMINISTRATOR);
      await page.getByRole('heading', { name: 'Incidents' }).waitFor();
      await page.goto('/single-sign-on');
      await page.getByLabel('Whose sign-in').selectOption({ label: 'Harbour Authority' });
      await page.getByText('No connection yet').waitFor();
      await page.getByRole('button', { name: 'Add connection' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name', { exact: true }).first().fill('Harbour sign-in');
      await dialog.getByLabel('Protocol').selectOption('saml');
      await dialog.getByLabel('Entity ID of the identity provider').fill(idp.issuer);
      await dialog.getByLabel('Address of its sign-in').fill(`http://127.0.0.1:${port}/`);
      await dialog.getByLabel('Signing certificate').fill(idp.certificate);
      await dialog.getByLabel('E-mail domains').fill('harbour.example');
      await dialog.getByLabel('Everybody else').selectOption({ index: 1 });
      await dialog.getByRole('button', { name: 'Save' }).click();
      const row = page.getByTestId('connection');
      await row.getByText('Harbour sign-in').waitFor();
      await row.getByRole('button', { name: 'Check' }).click();
      await row.getByText('The settings can be used.').waitFor();
      const { connections } = await vigie.api.get<{ connections: SsoConnectionView[] }>(
        '/api/sign-in-settings?tenant=harbour',
      );
      expect(connections).toMatchObject([{ domains: ['harbour.example'], protocol: { kind: 'saml' } }]);
      await signOut();

      await page.goto('/sources');
      await page.getByLabel('E-mail').fill('hana@harbour.example');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByRole('button', { name: 'Go on' }).click();
      await page.waitForURL(/\/sources$/);
      await page.getByRole('heading', { name: 'What we watch' }).waitFor();
      await page.goto('/security');
      await page.getByText('You sign in through Harbour sign-in.').waitFor();
      await signOut();
      // A person without an account there, and one whose address leads nowhere.
      await page.goto('/?sign-in=no-access');
      await page.getByTestId('refusal').waitFor();
      await page.getByLabel('E-mail').fill(ADMINISTRATOR.email);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByLabel('Password').fill(ADMINISTRATOR.password);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('navigation', { name: 'Pages' }).first().waitFor();
    } finally {
      site.closeAllConnections();
      site.close();
    }
  });
});
