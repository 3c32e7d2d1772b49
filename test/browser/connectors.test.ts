import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

const KEY = 'browser-key-for-tests';

/** A stand-in for an API that knows one key. */
const server = createServer((request, response) => {
  const good = request.headers.authorization === `Bearer ${KEY}`;
  response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' });
  response.end(good ? '[{"id":"one","at":"2026-03-01T10:00:00Z"}]' : '{"message":"who are you"}');
});

let vigie: Vigie;
let watched: WatchedPage;
let page: Page;
let host: string;

describe.runIf(CHROMIUM !== undefined)('connectors in Chromium', () => {
  beforeAll(async () => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    vigie = await Vigie.start({ config: { pull: { allowHosts: [host] } } });
    await vigie.addTenant('harbour', { name: 'Harbour Authority' });
    await vigie.addSource('harbour', 'cloud');
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
    server.closeAllConnections();
    server.close();
  });
  afterEach(() => {
    expect(watched.complaints.splice(0)).toEqual([]);
  });

  test('a connector is tested with a wrong key, mended, saved, and seen working', async () => {
    await page.goto('/sources/harbour/cloud');
    const section = page.getByTestId('connector');
    await section.getByRole('button', { name: 'Fetch from…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Service').selectOption('http-poller');
    await dialog.getByLabel('Address').fill(`http://${host}/log?from={since}`);
    await dialog.getByLabel('Time', { exact: true }).fill('at');
    await dialog.getByLabel('Identity').fill('id');
    await dialog.getByLabel('Token or key').fill('wrong');
    await dialog.getByRole('button', { name: 'Test connection' }).click();
    await dialog.getByTestId('connector-test').getByText('VIGIE_PULL_UNAUTHORISED').waitFor();
    await dialog.getByLabel('Token or key').fill(KEY);
    await dialog.getByRole('button', { name: 'Test connection' }).click();
    await dialog.getByTestId('connector-test').getByText('answers with 1 items').waitFor();
    await screenshot(page, 'connector-form');
    await dialog.getByRole('button', { name: 'Save and fetch' }).click();
    await section.getByTestId('connector-state').getByText('working').waitFor();
    await section.getByText('1 fetched, 1 of them new').waitFor();
    await screenshot(page, 'connector');
    expect(await page.content()).not.toContain(KEY);
  });

  test('its form comes back filled, without the secret, which may stay as it is', async () => {
    const section = page.getByTestId('connector');
    await section.getByRole('button', { name: 'Change…' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByLabel('Address').inputValue()).toContain(host);
    expect(await dialog.getByLabel('Token or key').inputValue()).toBe('');
    await dialog.getByText('Set. Leave empty to keep it.').waitFor();
    await dialog.getByRole('button', { name: 'Save and fetch' }).click();
    await section.getByTestId('connector-state').getByText('working').waitFor();
  });
});
