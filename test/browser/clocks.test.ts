import type { IncidentSummary, RotaView, TenantProfile } from '@vigie/contracts/api';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

let vigie: Vigie;
let watched: WatchedPage;
let page: Page;
let token: string;
let id: number;

const narrow = async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
  return !wide;
};

describe.runIf(CHROMIUM !== undefined)('clocks in Chromium', () => {
  beforeAll(async () => {
    vigie = await Vigie.start();
    await vigie.addTenant('lake', {
      name: 'Clinic of the Lake',
      contacts: [{ name: 'Noé', email: 'noe@lake.example.org', phone: '+33 1 99 00 00 00', order: 1 }],
    });
    token = await vigie.addSource('lake', 'servers', { name: 'Servers' });
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
  });
  afterEach(() => {
    expect(watched.complaints).toEqual([]);
  });

  test('a client’s hours, holidays, sites and service levels are entered', async () => {
    await page.goto('/tenants/lake?tab=hours');
    await page.getByLabel('Monday').fill('08:00–12:00, 13:30-18');
    await page.getByText('Write 08:00–18:00.').waitFor();
    await page.getByLabel('Monday').fill('8:00–12:00, 13:30–18:00');
    await page.getByLabel('Public holidays of').selectOption('FR');
    await page.getByLabel('Part of the country').selectOption('57');
    await page.getByLabel(/^Further days/).fill('2026-12-31 Inventory');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not saved yet').waitFor({ state: 'hidden' });
    await screenshot(page, 'tenant-hours');

    await page.getByRole('link', { name: 'Sites' }).click();
    await page.getByRole('button', { name: 'Add site' }).click();
    await page.getByTestId('site').getByLabel('Name').fill('North wing');
    await page.getByRole('checkbox', { name: 'Servers' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not saved yet').waitFor({ state: 'hidden' });

    await page.getByRole('link', { name: 'Service levels' }).click();
    await page.getByRole('button', { name: 'Enter a contract' }).click();
    await page.getByLabel('Name of the agreement').fill('Gold');
    await page.getByLabel('High: Take up').fill('0.05');
    await page.getByLabel('High: Contain').fill('60');
    await page.getByLabel('High: Resolve').fill('480');
    await page.getByLabel('Critical: Take up').fill('0.05');
    await page.getByLabel('Critical: Contain').fill('60');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Not saved yet').waitFor({ state: 'hidden' });
    await screenshot(page, 'tenant-contract');
    const profile = await vigie.api.get<TenantProfile>('/api/tenants/lake/profile');
    expect(profile.businessHours?.[0]).toHaveLength(2);
    expect(profile.holidays).toMatchObject({ country: 'FR', region: '57', extra: [{ date: '2026-12-31' }] });
    expect(profile.contract?.levels.high).toMatchObject({ acknowledge: 3, contain: 3600, notify: null });
    expect(await vigie.api.get('/api/tenants/lake/sites')).toMatchObject({
      items: [{ name: 'North wing', members: [{ kind: 'source', name: 'servers' }] }],
    });
  });

  test('a rota is written, somebody is replaced, a note is left', async () => {
    await page.goto('/rotas');
    await page.getByRole('button', { name: 'Add rota' }).first().click();
    const dialog = page.getByTestId('rota-dialog');
    await dialog.getByLabel('Name').first().fill('Analysts');
    await dialog
      .getByLabel(/^Members/)
      .fill('Ada, ada@soc.example.org\nBea, bea@soc.example.org, +32 2 555 00 00, fr');
    await dialog.getByLabel(/^Shifts/).fill('day, 08:00–20:00, 1-7, 1 9');
    await dialog.getByText('This line can’t be read').waitFor();
    await dialog.getByLabel(/^Shifts/).fill('all day, 00:00–00:00, 1-7, 1 2');
    await dialog.getByLabel('First day of the rotation').fill(new Date().toISOString().slice(0, 10));
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByTestId('duty-now').getByText('Ada').waitFor();
    await page.getByTestId('duty-next').getByText('Bea').waitFor();

    await page.getByRole('button', { name: 'Replace somebody…' }).click();
    const swap = page.getByTestId('override-dialog');
    await swap.getByLabel('Person').selectOption('Bea');
    await swap.getByLabel('Why').selectOption('sickness');
    await swap.getByRole('button').click();
    await swap.waitFor({ state: 'hidden' });
    await page.getByTestId('duty-now').getByText('Bea').waitFor();
    await page
      .getByLabel('What does the next one have to know?')
      .fill('Lake is being rebuilt <b>tonight</b>');
    await page.getByRole('button', { name: 'Add note' }).click();
    await page.getByText('Lake is being rebuilt <b>tonight</b>').waitFor();
    await screenshot(page, 'rotas');
    const { items } = await vigie.api.get<{ items: RotaView[] }>('/api/rotas');
    expect(items).toMatchObject([{ id: 'analysts', now: { member: { name: 'Bea' } } }]);
  });

  test('the incident shows its clocks; waiting for the client pauses them', async () => {
    await fetch(`${vigie.run.url}/api/ingest/servers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: `<86>1 ${new Date().toISOString()} lake-01 useradd 900 - - new user: name=lake-root, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
    });
    const [incident] = await until('the incident', async () => {
      const { items } = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=lake');
      return items.length > 0 && items;
    });
    id = incident!.id;
    await page.goto(`/incidents/${id}`);
    const panel = page.getByTestId('incident-clocks');
    await panel.getByTestId('clock-acknowledge').getByText('Late').waitFor();
    await panel.getByTestId('clock-contain').getByText('On time').waitFor();
    await panel.getByTestId('clock-call').getByText('Bea').first().waitFor();
    await panel.getByText('Noé').waitFor();
    await screenshot(page, 'incident-clocks');
    await panel.getByRole('button', { name: 'I am on it' }).first().click();
    await panel.getByText('taken by Administrator').first().waitFor();
    await panel.getByRole('button', { name: 'Wait for the client' }).click();
    await panel.getByTestId('clock-contain').getByText('Paused').waitFor();
    await panel.getByRole('button', { name: 'Client has answered' }).click();
    await panel.getByTestId('clock-contain').getByText('On time').waitFor();
    await panel
      .getByText(/1 pause/)
      .first()
      .waitFor();
  });

  test('what runs out is seen by person, and given to somebody in place', async () => {
    await page.goto('/clocks');
    await page.getByTestId('on-call-now').getByText('Bea').waitFor();
    const rows = page.getByTestId('clock-row');
    await rows.first().waitFor();
    const before = await rows.count();
    await page.getByRole('button', { name: /^Nobody/ }).click();
    await rows.first().getByRole('combobox').selectOption('Administrator');
    await page.getByText(`INC-${id} handed to Administrator.`).waitFor();
    await page.getByRole('button', { name: /^Administrator/ }).click();
    await until('the rows of the new owner', async () => (await rows.count()) >= before - 1);
    await screenshot(page, 'clocks');
    expect(await vigie.api.get(`/api/incidents/${id}`)).toMatchObject({ owner: { name: 'Administrator' } });
  });

  test('a duty to report is started by a person; its report is completed and kept', async () => {
    await page.goto(`/incidents/${id}`);
    const regime = page.getByTestId('regime-nis2');
    await regime.getByRole('button', { name: 'Start…' }).click();
    await page.getByLabel('Why it applies').fill('The laboratory stands still');
    await page.getByRole('button', { name: 'Start the clocks' }).click();
    await regime.getByTestId('step-early-warning').getByText('On time').waitFor();
    await regime.getByTestId('step-final-report').getByText('counts from “Incident notification”').waitFor();
    await screenshot(page, 'duties');
    await regime.getByTestId('step-early-warning').getByRole('button', { name: 'Report' }).click();
    const report = page.getByTestId('report-dialog');
    await report.getByLabel('Language of the report').selectOption('fr');
    const text = report.getByLabel(/^Text of the report/);
    await until('the French draft', async () => (await text.inputValue()).includes('# Alerte précoce'));
    await screenshot(page, 'report');
    await text.fill((await text.inputValue()).replace(/\[▢[^\]]*\]/g, 'Connu.'));
    expect(await report.getByTestId('report-gaps').innerText()).toBe('no gaps left');
    await report.getByRole('button', { name: 'Keep' }).click();
    await report.getByText('kept by Administrator').waitFor();
    await page.keyboard.press('Escape');
    await report.waitFor({ state: 'hidden' });
    await regime.getByTestId('step-notification').getByRole('button', { name: 'Sent…' }).click();
    await page.getByLabel(/^Reference of the authority/).fill('CSIRT 4711');
    await page.getByRole('button', { name: 'Record' }).click();
    await regime.getByTestId('step-final-report').getByText('On time').waitFor();
  });

  test('stored script: a logo with script is refused, in words', async () => {
    await page.goto('/branding');
    await page.getByLabel('Colour (#rrggbb)').fill('#ffdd00');
    await page.getByText(/White text on it has a contrast of 1\.\d:1/).waitFor();
    const svg = (inner: string) => ({
      name: 'logo.svg',
      mimeType: 'image/svg+xml',
      buffer: Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">${inner}</svg>`),
    });
    await page.getByLabel('Choose a file').setInputFiles(svg('<script>alert(1)</script>'));
    await page.getByText('the SVG holds <script>').waitFor();
    // The browser tells of the refused request.
    expect(watched.complaints.splice(0).every((complaint) => complaint.includes('400'))).toBe(true);
    await page.getByLabel('Choose a file').setInputFiles(svg('<path d="M0 0h9v9z" fill="#7a1f4d"/>'));
    const logo = page.getByRole('img', { name: 'Logo' });
    await logo.waitFor();
    await until('the logo drawn', () =>
      logo.evaluate((image: unknown) => (image as { naturalWidth: number }).naturalWidth > 0),
    );
  });

  test('in dark, on a phone, in French', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const [path, ready] of [
      ['/clocks', 'clock-row'],
      ['/rotas', 'rota-analysts'],
      [`/incidents/${id}`, 'duties'],
      ['/tenants/lake?tab=contract', 'contract-form'],
      ['/tenants/lake?tab=hours', 'hours-form'],
      ['/branding', 'branding-form'],
    ] as const) {
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.goto(path);
      await page.getByTestId(ready).first().waitFor();
      expect(await narrow(), path).toBe(true);
      await screenshot(page, `phone${path.replaceAll(/\W/g, '-')}`);
    }
    await page.evaluate("localStorage.setItem('vigie.language', 'fr')");
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.goto('/clocks');
    await page.getByRole('heading', { name: 'Délais', exact: true }).waitFor();
    await page.evaluate("localStorage.removeItem('vigie.language')");
  });
});
