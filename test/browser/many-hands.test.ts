import { mkdirSync } from 'node:fs';
import type { AssetPage, IncidentSummary, MailView } from '@vigie/contracts/api';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings } from '../support/accessibility.ts';
import { account } from '../support/account.ts';
import { CHROMIUM, openPage, type WatchedPage } from '../support/browser.ts';
import { MailServer } from '../support/mail-server.ts';
import { until } from '../support/until.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

/** Pictures for whoever changes these pages, when the environment names a folder. */
const PICTURES = process.env['VIGIE_HANDS_PICTURES'];
const HOSTS = ['lake-01', 'lake-02', 'lake-03', 'lake-04'];

let mails: MailServer;
let vigie: Vigie;
let watched: WatchedPage;
let page: Page;

async function picture(name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true, animations: 'disabled' });
}

/** One of everything that shows differently, and what an accessibility checker says of the page. */
async function pictures(name: string): Promise<void> {
  expect(await axeFindings(page)).toEqual([]);
  await picture(name);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await axeFindings(page)).toEqual([]);
  await picture(`${name}-dark-phone`);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

describe.runIf(CHROMIUM !== undefined)('many clients, many mails, many machines, in Chromium', () => {
  beforeAll(async () => {
    mails = await new MailServer().open();
    vigie = await Vigie.start({
      config: { mail: { ...mails.settings, digest: { after: 1, holdMinutes: 60, urgent: 'critical' } } },
    });
    await vigie.freeLoopback();
    const nia = { name: 'Nia', email: 'nia@clinic.example.org', minLevel: 'low' };
    await vigie.addTenant('clinic', { name: 'Clinic of the Lake', contacts: [nia] });
    await vigie.addTenant('other', { name: 'Other House' });
    const token = await vigie.addSource('clinic', 'servers');
    await fetch(`${vigie.run.url}/api/ingest/servers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: HOSTS.map(
        (host) =>
          `<86>1 ${new Date().toISOString()} ${host} useradd 900 - - new user: name=${host}-root, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
      ).join('\n'),
    });
    await until('the mails', async () => {
      const { items } = await vigie.api.get<{ items: MailView[] }>('/api/outbox');
      return items.length === HOSTS.length;
    });
    const analyst = { role: 'analyst', tenants: null };
    await account(vigie, { ...analyst, name: 'Ada', email: 'ada@soc.example.org' });
    await account(vigie, { ...analyst, name: 'Olga', email: 'olga@soc.example.org', tenants: ['other'] });
    watched = await openPage(vigie.run.url);
    page = watched.page;
    await page.goto('/outbox');
    await page.getByLabel('E-mail').fill(ADMINISTRATOR.email);
    await page.getByLabel('Password').fill(ADMINISTRATOR.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Outbox' }).waitFor();
    watched.complaints.splice(0);
  });
  afterAll(async () => {
    await watched?.browser.close();
    await vigie?.remove();
    await mails?.close();
  });
  afterEach(() => {
    expect(watched.complaints).toEqual([]);
  });

  test('the outbox says which mails wait to come together, and sends one at once', async () => {
    const waiting = page.getByTestId('mail-row').filter({ hasText: 'Held for a digest' });
    await waiting.first().waitFor();
    expect(await waiting.count()).toBe(HOSTS.length - 1);
    await pictures('outbox');
    await waiting.first().getByRole('button', { name: 'Send now' }).click();
    await until('one less waits', async () => (await waiting.count()) === HOSTS.length - 2);
  });

  test('a site takes patterns and networks, refuses what is none, and an asset says why it belongs to it', async () => {
    await page.goto('/tenants/clinic?tab=sites');
    await page.getByRole('button', { name: 'Add site' }).click();
    const site = page.getByTestId('site');
    await site.getByLabel('Name', { exact: true }).fill('Lakeside');
    await site.getByLabel(/^Its hosts/).fill('lake-*');
    await site.getByLabel(/^Its networks/).fill('10.2.0.0');
    await site.getByText('Write 10.2.0.0/16.').waitFor();
    const save = page.getByTestId('sites-form').getByRole('button', { name: 'Save' });
    expect(await save.isDisabled()).toBe(true);
    await site.getByLabel(/^Its networks/).fill('10.2.0.0/16\n2001:db8:2::/48');
    await pictures('site');
    await save.click();
    await page.getByText('Saved').first().waitFor();
    const { items } = await vigie.api.get<AssetPage>('/api/assets?tenant=clinic&kind=host&q=lake-02');
    await page.goto(`/assets/clinic/${items[0]!.id}`);
    await page.getByText('by the pattern lake-*').waitFor();
    await pictures('asset');
  });

  test('an incident is offered to those alone who may see its client', async () => {
    const { items } = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=clinic');
    await page.goto(`/incidents/${items[0]!.id}`);
    const choice = page.getByLabel(/^Owner of INC/).first();
    await choice.waitFor();
    await until('the people', async () => (await choice.locator('option').allInnerTexts()).includes('Ada'));
    expect(await choice.locator('option').allInnerTexts()).not.toContain('Olga');
  });
});
