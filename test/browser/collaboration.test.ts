import type { ConversationView, IncidentSummary } from '@vigie/contracts/api';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClamdStandIn, EICAR } from '../../server/collaboration/testing/clamd-stand-in.ts';
import { account, type SignedIn } from '../support/account.ts';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { MailServer } from '../support/mail-server.ts';
import { until } from '../support/until.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

/** What an attacker writes where people look; each would set `window.hacked`. */
const SCRIPTS = [
  '<script>window.hacked=1</script>',
  '<img src=x onerror="window.hacked=1">',
  '<svg onload="window.hacked=1"><animate onbegin="window.hacked=1" attributeName="x"/></svg>',
  '[look](javascript:window.hacked=1)',
  '![x](x" onerror="window.hacked=1)',
  '<iframe srcdoc="<script>parent.hacked=1</script>">',
  '**<b onmouseover=window.hacked=1>bold</b>**',
];

let mails: MailServer;
let scanner: ClamdStandIn;
let vigie: Vigie;
let watched: WatchedPage;
let soc: Page;
let client: Page;
const contexts: BrowserContext[] = [];
let eve: SignedIn;
let incident: number;

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto('/incidents');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Incidents' }).waitFor();
}

/** Another person's browser, watched like the first. */
async function another(options: object = {}): Promise<Page> {
  const context = await watched.browser.newContext({
    baseURL: vigie.run.url,
    locale: 'en-GB',
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.on('pageerror', (error) => watched.complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') watched.complaints.push(`console: ${message.text()}`);
  });
  return page;
}

const said = () => vigie.api.get<ConversationView>(`/api/incidents/${incident}/conversation`);

/** Nothing ran, and what was written can be read as it was written. */
async function harmless(page: Page): Promise<void> {
  expect(await page.evaluate('window.hacked')).toBeUndefined();
  expect(await page.locator('main script, main svg[onload], main iframe, main [onerror]').count()).toBe(0);
}

async function fitsPhone(page: Page): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
}

describe.runIf(CHROMIUM !== undefined)('working with the client in Chromium', () => {
  beforeAll(async () => {
    mails = await new MailServer().open();
    scanner = await ClamdStandIn.start();
    vigie = await Vigie.start({
      config: {
        mail: mails.settings,
        provider: { name: 'Watch', phone: '+32 2 555 01 99' },
        attachments: { clamd: scanner.address },
      },
    });
    await vigie.addTenant('harbour', {
      name: 'Port de Harbour',
      language: 'fr',
      timeZone: 'Europe/Brussels',
      contacts: [{ name: 'Chloé', email: 'chloe@harbour.example', minLevel: 'critical' }],
    });
    await vigie.addTenant('globex', { name: 'Globex' });
    eve = await account(vigie, {
      name: 'Eve Adams',
      email: 'eve@harbour.example',
      role: 'client-responder',
      tenants: ['harbour'],
    });
    for (const tenant of ['harbour', 'globex']) {
      const token = await vigie.addSource(tenant, 'servers');
      await fetch(`${vigie.run.url}/api/ingest/servers`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: [
          ...Array.from(
            { length: 12 },
            (_, n) =>
              `<38>1 ${new Date(Date.now() - 60_000 + n * 1000).toISOString()} web01 sshd 9 - - Failed password for invalid user admin from 203.0.113.77 port ${40_000 + n} ssh2`,
          ),
          `<86>1 ${new Date().toISOString()} web01 useradd 901 - - new user: name=<img/src=x/onerror=window.hacked=1>, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
        ].join('\n'),
      });
    }
    const [one] = await until('an incident', async () => {
      const { items } = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=harbour');
      return items.length > 0 && items;
    });
    incident = one!.id;
    await vigie.settled();
    watched = await openPage(vigie.run.url);
    soc = watched.page;
    await signIn(soc, ADMINISTRATOR.email, ADMINISTRATOR.password);
    watched.complaints.splice(0);
  });
  afterAll(async () => {
    for (const context of contexts) await context.close();
    await watched?.close();
    await vigie?.remove();
    await mails?.close();
    await scanner?.remove();
  });

  test('the analyst notes something internally, writes to the client, and sends a file', async () => {
    await soc.goto(`/incidents/${incident}`);
    const composer = soc.getByTestId('composer');
    await composer.waitFor();
    expect(await composer.getByRole('radio', { name: 'Internal' }).isChecked()).toBe(true);
    await composer.getByRole('textbox').fill('Looks like our **own** pentest? INC-1\n\n- ask them first');
    await composer.getByRole('button', { name: 'Add internal comment' }).click();
    await soc.getByTestId('comment').first().locator('strong', { hasText: 'own' }).waitFor();

    await composer.getByRole('radio', { name: 'Visible to Port de Harbour' }).check();
    // A name is offered after an @, and taken by the keyboard.
    await composer.getByRole('textbox').pressSequentially('Hello @ev');
    await composer.getByRole('option', { name: 'Eve Adams' }).waitFor();
    await soc.keyboard.press('Enter');
    await soc.keyboard.type('please have a look.');
    await composer.getByRole('button', { name: 'Send to Port de Harbour' }).click();
    const visible = soc.getByTestId('comment').nth(1);
    await visible.getByText('Hello @Eve Adams please have a look.').waitFor();
    await visible.getByTestId('audience').filter({ hasText: 'Visible to Port de Harbour' }).waitFor();
    // The next one is internal again.
    await until('internal to be chosen', () => composer.getByRole('radio', { name: 'Internal' }).isChecked());
    expect((await said()).comments.map(({ audience, mentions }) => [audience, mentions.length])).toEqual([
      ['internal', 0],
      ['client', 1],
    ]);
    await composer.getByRole('radio', { name: 'Visible to Port de Harbour' }).check();
    await composer.locator('input[type=file]').setInputFiles({
      name: '<img src=x onerror=window.hacked=1>.svg',
      mimeType: 'image/svg+xml',
      buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="window.hacked=1"/>'),
    });
    await soc.getByTestId('scan').filter({ hasText: 'Nothing found' }).waitFor();
    const waiting = soc.waitForEvent('download');
    await soc.getByTestId('attachment').getByRole('link', { name: 'Download' }).click();
    expect((await waiting).suggestedFilename()).toMatch(/\.svg$/);
    await composer.locator('input[type=file]').setInputFiles({
      name: 'eicar.com',
      mimeType: 'text/plain',
      buffer: Buffer.from(EICAR),
    });
    await soc.getByTestId('scan').filter({ hasText: 'Infected' }).waitFor();
    await screenshot(soc, 'conversation');
    expect(watched.complaints).toEqual([]);
  });

  test('stored scripts in comments, file names and log fields are shown as they were written', async () => {
    for (const body of SCRIPTS) await eve.api.ok('POST', `/api/incidents/${incident}/comments`, { body });
    const payloads = soc.getByTestId('comment');
    await until('all of them on the page', async () => (await payloads.count()) === 2 + SCRIPTS.length);
    const text = await soc.getByTestId('conversation').innerText();
    for (const script of SCRIPTS.slice(0, 6)) expect(text).toContain(script);
    await harmless(soc);
    expect(watched.complaints).toEqual([]);
  });

  test('a question is answered by the link of the mail, in the client’s language, without an account', async () => {
    await soc.getByRole('button', { name: 'Ask the client…' }).click();
    const dialog = soc.getByRole('dialog');
    await dialog
      .getByLabel('What do you want to know?')
      .fill('A new account was made on web01.\n\nWas this you?');
    await dialog.getByLabel('Answers to choose from, one a line').fill('Oui\nNon\nJe ne sais pas');
    expect(await dialog.getByRole('checkbox', { name: /Chloé/ }).isChecked()).toBe(true);
    await dialog.getByRole('button', { name: 'Send the question' }).click();
    await soc.getByText('the clocks of this incident stand still').waitFor();
    const mail = await until('the mail', () =>
      mails.mails.find(({ to }) => to.includes('chloe@harbour.example')),
    );
    const link = /https?:\/\/\S+\/answer#\S+/.exec(mail.text)![0];

    const chloe = await another({ locale: 'de-DE' });
    const asked: string[] = [];
    chloe.on('request', (request) => asked.push(request.url()));
    await chloe.goto(link);
    await chloe.getByText('Bonjour Chloé').waitFor();
    await chloe.getByTestId('asked').filter({ hasText: 'Was this you?' }).waitFor();
    expect(await chloe.locator('html').getAttribute('lang')).toBe('fr');
    expect(asked.join(' ')).not.toContain('vlnk_');
    await screenshot(chloe, 'answer-by-link');
    await fitsPhone(chloe);
    await screenshot(chloe, 'answer-by-link-phone');
    const send = chloe.getByRole('button', { name: 'Envoyer la réponse' });
    expect(await send.isDisabled()).toBe(true);
    await chloe.getByRole('radio', { name: 'Non' }).check();
    await chloe.getByLabel('Avec vos mots').fill('Personne de chez nous.');
    await send.click();
    await chloe.getByTestId('answered').waitFor();
    expect(chloe.url()).not.toContain('vlnk_');
    // A second time, and in another browser, it is used up.
    const late = await another();
    await late.goto(link);
    await late.getByTestId('dead').waitFor();
    watched.complaints.splice(0); // The browser reports the 404.

    const answers = soc.getByTestId('answers');
    await answers.getByText('Personne de chez nous.').waitFor();
    await answers.getByText('by the link sent to chloe@harbour.example').waitFor();
    await soc.getByRole('button', { name: /^News for you: \d+ unread/ }).click();
    await soc.getByTestId('notices').getByRole('link', { name: 'Chloé answered' }).waitFor();
    await soc.keyboard.press('Escape');
  });

  test('the client’s responder signs in, reads plain words and nothing internal, decides and writes', async () => {
    await soc.getByRole('button', { name: 'Ask for a decision…' }).click();
    const dialog = soc.getByRole('dialog');
    await dialog.getByLabel('What is to be decided?').fill('Take web01 off the network');
    await dialog
      .getByLabel('What would you do, why, and what does it cost the client?')
      .fill('Booking is away for an hour.');
    await dialog.getByLabel('Risk').selectOption('high');
    await dialog.getByRole('button', { name: 'Send for decision' }).click();
    await dialog.waitFor({ state: 'detached' });

    client = await another();
    await signIn(client, eve.email, eve.password);
    watched.complaints.splice(0); // Before signing in, the session is a 401.
    await client.goto(`/incidents/${incident}`);
    await client
      .getByTestId('client-status')
      .filter({ hasText: 'We are waiting for your answer below.' })
      .waitFor();
    await client.getByRole('heading', { name: 'Conversation with your security team' }).waitFor();
    await client.getByRole('link', { name: 'We are waiting for your answer below.' }).click();
    const text = await client.locator('main').innerText();
    expect(text).not.toContain('pentest');
    expect(text).not.toContain('Internal');
    expect(await client.getByTestId('campaign').count()).toBe(0);
    expect(await client.getByRole('link', { name: 'Campaigns' }).count()).toBe(0);
    expect(await client.getByTestId('timeline-entry').first().isVisible()).toBe(false);
    await client.getByText('Your security team keeps it').waitFor();
    await harmless(client);

    const decision = client.getByTestId('request').filter({ hasText: 'Take web01 off the network' });
    await screenshot(client, 'client-incident');
    await decision.getByLabel('Remark').fill('After six please.');
    await decision.getByRole('button', { name: 'Approve' }).click();
    await decision.getByText('Approved').waitFor();
    await client.getByTestId('composer').getByRole('textbox').fill('web01 is the **booking** server.');
    await client.getByTestId('composer').getByRole('button', { name: 'Send' }).click();
    await client.getByTestId('comment').last().locator('strong', { hasText: 'booking' }).waitFor();
    await fitsPhone(client);
    await client.getByTestId('composer').scrollIntoViewIfNeeded();
    await screenshot(client, 'client-incident-phone');

    await soc.getByTestId('request').filter({ hasText: 'Approved' }).getByText('After six please.').waitFor();
    await soc.getByText('web01 is the').waitFor();
    expect((await said()).requests.at(-1)).toMatchObject({
      state: 'approved',
      answers: [{ by: 'Eve Adams', how: 'session', verdict: 'approve' }],
    });
    expect(watched.complaints).toEqual([]);
  });

  test('the same attacker at two clients becomes a campaign', async () => {
    const suggestion = soc.getByTestId('suggestion');
    await suggestion.getByText('203.0.113.77').waitFor();
    await soc.getByRole('textbox', { name: 'Name of the campaign' }).fill('Harbour wave');
    await soc.getByRole('button', { name: 'Make a campaign' }).click();
    await suggestion.getByRole('button', { name: 'Add' }).click();
    await soc.getByTestId('campaign').getByText('2 incidents').waitFor();
    await soc.emulateMedia({ colorScheme: 'dark' });
    await screenshot(soc, 'conversation-dark');
    await soc.goto('/campaigns');
    await soc.getByTestId('campaign-row').filter({ hasText: 'Harbour wave' }).getByText('Globex').waitFor();
    await screenshot(soc, 'campaigns');
    expect(watched.complaints).toEqual([]);
  });
});
