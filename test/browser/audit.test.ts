import { createServer, type Server } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

let vigie: Vigie;
let watched: WatchedPage;
let page: Page;
let receiver: Server;
let url: string;
let heard = 0;

describe.runIf(CHROMIUM !== undefined)('audit log, exports and webhooks in Chromium', () => {
  beforeAll(async () => {
    receiver = createServer((request, response) => {
      heard++;
      request.resume();
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as { port: number };
    url = `http://127.0.0.1:${port}/hook`;
    vigie = await Vigie.start({ config: { webhooks: { allowHosts: [`127.0.0.1:${port}`] } } });
    await vigie.addTenant('harbour', { name: 'Harbour Authority' });
    await vigie.api.ok('PATCH', '/api/tenants/harbour', {
      retentionDays: 90,
      name: '<b>Harbour</b> & "Sons"',
    });
    const token = await vigie.addSource('harbour', 'servers');
    await fetch(`${vigie.run.url}/api/ingest/servers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: `<86>1 ${new Date().toISOString()} web1 useradd 900 - - new user: name=toor, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
    });
    await until('the incident', async () => {
      const { items } = await vigie.api.get<{ items: unknown[] }>('/api/incidents?tenant=harbour');
      return items.length > 0;
    });
    watched = await openPage(vigie.run.url);
    page = watched.page;
    await page.goto('/incidents');
    await page.getByLabel('E-mail').fill('mole@example.org');
    await page.getByLabel('Password').fill('guessed');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('E-mail').fill(ADMINISTRATOR.email);
    await page.getByLabel('Password').fill(ADMINISTRATOR.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
    watched.complaints.splice(0);
  });
  afterAll(async () => {
    await watched?.close();
    await vigie?.remove();
    receiver?.close();
  });

  test('the audit log says who did what, and that it is whole; text is text (stored script)', async () => {
    await page.goto('/audit');
    await page.getByTestId('audit-row').first().waitFor();
    await page.getByRole('button', { name: 'Verify now' }).click();
    await page
      .getByTestId('audit-check')
      .getByText(/whole, \d+ records/)
      .waitFor();
    await page
      .getByTestId('audit-anchors')
      .getByText(/None is configured/)
      .waitFor();

    await page.getByLabel('Action', { exact: true }).selectOption('tenants.change');
    const row = page.getByTestId('audit-row');
    await until('one record', async () => (await row.count()) === 1);
    await row.getByRole('button', { name: /^Details/ }).click();
    await page.locator('ins').getByText('<b>Harbour</b> & "Sons"').waitFor();
    await page.locator('del').getByText('365').waitFor();
    await screenshot(page, 'audit');

    await page.goto('/audit?outcome=refused');
    await page.getByText('mole@example.org').waitFor();
    await page.goto('/audit?person=nobody-of-this-name');
    await page.getByText('No records here').waitFor();
    expect(watched.complaints).toEqual([]);
  });

  test('a webhook is added, tested, seen, and removed; its secret shows once', async () => {
    await page.goto('/webhooks');
    await page.getByRole('button', { name: 'Add a webhook' }).click();
    await page.getByLabel('Name').fill('Tickets');
    await page.getByLabel('Organisation').selectOption('harbour');
    await page.getByLabel('Address').fill('https://127.0.0.1:9/');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page
      .getByRole('alert')
      .getByText(/not a public address/)
      .waitFor();
    watched.complaints.splice(0);
    await page.getByLabel('Address').fill(url);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    expect(await page.getByTestId('secret').textContent()).toMatch(/^whsec_/);
    await page.getByRole('button', { name: 'Done' }).click();
    const row = page.getByTestId('webhook-row');
    await row.getByRole('button', { name: 'Send a test' }).click();
    await until('the test', () => heard === 1);
    await row.getByRole('button', { name: 'Deliveries' }).click();
    await page.getByTestId('delivery-row').getByText('Delivered').waitFor();
    await screenshot(page, 'webhooks');
    await row.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No webhooks').waitFor();
    expect(watched.complaints).toEqual([]);
  });

  test('a list and an incident leave as files, with the filter of the page', async () => {
    const file = async (format: string) => {
      await page.getByRole('button', { name: 'Export' }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByTestId(`export-${format}`).click(),
      ]);
      return download;
    };
    await page.goto('/incidents?tenant=harbour&status=all');
    expect((await file('csv')).suggestedFilename()).toBe('vigie-incidents.csv');
    await page.goto('/events?tenant=harbour&q=useradd');
    const events = await file('ndjson');
    expect(events.url()).toContain('q=useradd');
    await page.goto('/incidents/1');
    expect((await file('pdf')).suggestedFilename()).toBe('INC-1.pdf');
    expect(watched.complaints).toEqual([]);
  });

  test.each(['/audit', '/webhooks'])('%s fits a phone, in each language', async (path) => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const language of ['de', 'fr', 'it', 'nl', 'en']) {
      await page.evaluate(`localStorage.setItem('vigie.language', '${language}')`);
      await page.goto(path);
      await page.locator('main h1, .page h1').first().waitFor();
      if (path === '/audit') await page.getByTestId('audit-row').first().waitFor();
      const wide = await page.evaluate('document.documentElement.scrollWidth');
      expect(wide, language).toBeLessThanOrEqual(390);
    }
    await screenshot(page, `phone${path.replace('/', '-')}`);
    await page.setViewportSize({ width: 1440, height: 900 });
  });
});
