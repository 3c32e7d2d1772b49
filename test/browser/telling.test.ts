import { mkdirSync } from 'node:fs';
import type { IncidentProcedures, IncidentSummary, TenantView } from '@vigie/contracts/api';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings } from '../support/accessibility.ts';
import { CHROMIUM, openPage, type WatchedPage } from '../support/browser.ts';
import { MailServer } from '../support/mail-server.ts';
import { until } from '../support/until.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

/** Pictures for whoever changes these pages, when the environment names a folder. */
const PICTURES = process.env['VIGIE_TELLING_PICTURES'];

let mails: MailServer;
let vigie: Vigie;
let watched: WatchedPage;
let page: Page;
let incident: IncidentSummary;

async function picture(name: string): Promise<void> {
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true, animations: 'disabled' });
}

describe.runIf(CHROMIUM !== undefined)('telling people in Chromium', () => {
  beforeAll(async () => {
    mails = await new MailServer().open();
    vigie = await Vigie.start({ config: { mail: mails.settings } });
    await vigie.addTenant('harbour', {
      name: 'Harbour Authority',
      language: 'fr',
      contacts: [
        { name: 'Klara Blum', email: 'klara@harbour.example', minLevel: 'critical', phone: '+49 30 5550100' },
      ],
    });
    const token = await vigie.addSource('harbour', 'servers');
    await fetch(`${vigie.run.url}/api/ingest/servers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: `<86>1 ${new Date().toISOString()} db01 useradd 901 - - new user: name=toor, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
    });
    incident = await until('the incident', async () => {
      const { items } = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=harbour');
      return items[0];
    });
    await vigie.api.ok('POST', `/api/incidents/${incident.id}/procedures`, { procedure: 'ransomware' });
    watched = await openPage(vigie.run.url);
    page = watched.page;
    await page.goto('/incidents');
    await page.getByLabel('E-mail').fill(ADMINISTRATOR.email);
    await page.getByLabel('Password').fill(ADMINISTRATOR.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
    watched.complaints.splice(0);
  });
  afterAll(async () => {
    await watched?.close();
    await vigie?.remove();
    await mails?.close();
  });
  afterEach(() => {
    expect(watched.complaints).toEqual([]);
  });

  test('a contact is given what they are there for and their languages', async () => {
    await page.goto('/tenants/harbour');
    const contact = page.getByTestId('contact');
    await contact.getByText('mails in the tenant’s language').waitFor();
    await contact.getByRole('button', { name: 'Deutsch' }).click();
    await contact.getByRole('button', { name: 'English' }).click();
    await contact.getByText('mails: German').waitFor();
    await contact.getByText('There for').click();
    await contact.getByLabel('Management').check();
    await contact.getByLabel('On call').check();
    expect(await axeFindings(page)).toEqual([]);
    await picture('contact');
    await page.getByRole('button', { name: 'Save' }).click();
    await until('the contact', async () => {
      const { contacts } = await vigie.api.get<TenantView>('/api/tenants/harbour');
      return contacts[0]!.functions.length === 2 && contacts;
    });
    const { contacts } = await vigie.api.get<TenantView>('/api/tenants/harbour');
    expect(contacts[0]).toMatchObject({
      functions: ['client-management', 'on-call'],
      languages: ['de', 'en'],
      phone: '+49 30 5550100',
    });
  });

  test('a step names them, offers the text in their language, and sends it on one confirmation', async () => {
    await page.goto(`/incidents/${incident.id}`);
    const step = page.getByTestId('step-management');
    await step.getByRole('button').first().click();
    const person = step.getByTestId('tell-person');
    await person.waitFor();
    expect(await person.innerText()).toMatch(
      /Klara Blum.*Management, On call.*\+49 30 5550100.*reached now/s,
    );
    expect(await person.getByRole('link').getAttribute('href')).toBe('tel:+49305550100');
    await step.getByRole('button', { name: 'Tell by mail' }).click();
    const dialog = page.getByRole('dialog');
    const text = dialog.getByLabel('Text');
    await text.waitFor();
    expect(await text.inputValue()).toContain('Ransomware-Aktivität bei Harbour Authority');
    await dialog.getByLabel('Subject').fill('Lagebericht <script>alert(1)</script>');
    await text.fill('Ein Satz <img src=x onerror=alert(1)>\nund noch einer.');
    expect(await axeFindings(page)).toEqual([]);
    await picture('tell-dialog');
    expect(mails.mails).toEqual([]);
    await dialog.getByRole('button', { name: 'Send to 1 person' }).click();
    await dialog.waitFor({ state: 'detached' });
    const mail = await until('the mail', () => mails.mails[0]);
    expect(mail).toMatchObject({
      to: ['klara@harbour.example'],
      subject: 'Lagebericht <script>alert(1)</script>',
    });
    expect(mail.text).toContain('und noch einer.');
    const told = step.getByTestId('told');
    await until('the step to say so', async () => (await told.getAttribute('data-state')) === 'sent');
    expect(await told.innerText()).toMatch(/Klara Blum.*klara@harbour\.example.*sent.*by Administrator/s);
    await told.locator('summary').click();
    await told.getByText('Ein Satz <img src=x onerror=alert(1)>').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await picture('told');
  });

  test('a call is noted, with whom, when and what was said', async () => {
    const step = page.getByTestId('step-police');
    await step.getByRole('button').first().click();
    await step.getByText('stands in or passes it on').waitFor();
    await step.getByRole('button', { name: 'Told by phone' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Spoke with').selectOption('Somebody else …');
    await dialog.getByLabel('Name').fill('Sergeant Roux');
    await dialog.getByLabel('Note').fill('Case 17');
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await step.getByTestId('told').getByText('told by phone').waitFor();
    const { attached } = await vigie.api.get<IncidentProcedures>(`/api/incidents/${incident.id}/procedures`);
    expect(attached[0]!.content.find(({ id }) => id === 'police')).toMatchObject({
      state: 'done',
      told: [{ name: 'Sergeant Roux', how: 'phone', text: 'Case 17' }],
    });
    expect(mails.mails).toHaveLength(1);
  });

  test('where the client allows it, a step sends by itself, and whoever begins sees it before', async () => {
    const message = '```message\n{incident} {organisation}\n```\n';
    const { key, revision } = await vigie.api.ok<{ key: string; revision: number }>(
      'POST',
      '/api/procedures',
      {
        sop: 'id: open-door\nversion: 1\ntypes: [malware]\nsteps:\n  - { id: bosses, kind: tell, whom: client-management }\n  - { id: constable, kind: tell, whom: police }\n',
        texts: {
          de: `# Offene Tür\nOffen.\n\n## bosses: Leitung\n${message}\n## constable: Polizei\n${message}`,
          en: `# Open door\nOpen.\n\n## bosses: Bosses\n${message}\n## constable: Constable\n${message}`,
        },
        tenant: null,
      },
    );
    await vigie.api.ok('POST', `/api/procedures/own/${key}/state`, { live: 1, revision });
    await page.goto('/tenants/harbour');
    const form = page.getByTestId('self-telling');
    await form.getByText('Not allowed: every step is sent by hand.').waitFor();
    await form.getByLabel('Steps may send by themselves').check();
    const save = form.getByRole('button', { name: 'Allow' });
    expect(await save.isDisabled()).toBe(true);
    await form.getByLabel('From severity').selectOption('low');
    await form.getByLabel('Management').check();
    expect(await axeFindings(page)).toEqual([]);
    await picture('self-telling');
    await save.click();
    await form.getByText('Allowed by').waitFor();
    expect(await form.getByTestId('self-telling-state').innerText()).toContain('Administrator');

    await page.goto(`/incidents/${incident.id}`);
    const before = mails.mails.length;
    const begin = async () => {
      await page.getByLabel('Use another procedure').selectOption('Open door');
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      const shown = await dialog.getByTestId('sends-by-self').allInnerTexts();
      expect(shown).toEqual([expect.stringMatching(/^Bosses\s+Klara Blum <klara@harbour\.example>$/)]);
      await dialog.getByText('can’t be taken back').waitFor();
      return dialog;
    };
    const first = await begin();
    expect(await axeFindings(page)).toEqual([]);
    await picture('self-telling-begin');
    await first.getByRole('button', { name: 'Cancel' }).click();
    await first.waitFor({ state: 'detached' });
    expect(mails.mails).toHaveLength(before);
    await (await begin()).getByRole('button', { name: 'Use' }).click();
    await until('the mail', () => mails.mails.length > before);
    const step = page.getByTestId('step-bosses');
    await until('the step to be done', async () => (await step.getAttribute('data-state')) === 'done');
    const head = step.getByRole('button').first();
    if ((await head.getAttribute('aria-expanded')) === 'false') await head.click();
    await step.getByTestId('told').getByText('by itself, as').waitFor();
    await picture('self-telling-told');
    const other = page.getByTestId('step-constable');
    await other.getByRole('button').first().click();
    await other.getByText('Is sent by hand: it names somebody who may not be told by itself').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  test('a language chosen in the account’s menu is the account’s, in every browser', async () => {
    await page.goto('/incidents');
    await page.getByRole('button', { name: /^(Account|Konto)/ }).click();
    await Promise.all([page.waitForURL('**/incidents'), page.getByLabel('Language').selectOption('de')]);
    await page.getByRole('heading', { name: 'Vorfälle' }).waitFor();
    // A browser that never heard of it.
    await page.evaluate('localStorage.clear()');
    await page.reload();
    await page.getByRole('heading', { name: 'Vorfälle' }).waitFor();
    await page.getByRole('button', { name: /^(Account|Konto)/ }).click();
    await page.getByLabel('Sprache').selectOption('en');
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
  });

  test('on a phone, everything is within the page', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`/incidents/${incident.id}`);
    const step = page.getByTestId('step-early-warning');
    await step.getByRole('button').first().click();
    await step.getByRole('button', { name: 'Tell by mail' }).click();
    await page.getByRole('dialog').getByLabel('Text').waitFor();
    await picture('tell-dialog-phone');
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    await page.keyboard.press('Escape');
    await page.goto('/tenants/harbour');
    await page.getByTestId('contact').waitFor();
    await page.getByText('There for').click();
    await picture('contact-phone');
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  });
});
