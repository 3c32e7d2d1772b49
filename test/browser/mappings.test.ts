import type { EventView, MappingPage } from '@vigie/contracts/api';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

let vigie: Vigie;
let watched: WatchedPage;
let page: Page;
let token: string;

const line = (holder: string, result: string, at: number) =>
  JSON.stringify({
    time: new Date(at).toISOString(),
    door: `North ${at % 3}`,
    readerIp: '192.0.2.7',
    badge: { holder, number: 4711 },
    result,
  });

async function send(lines: readonly string[]): Promise<void> {
  const answer = await fetch(`${vigie.run.url}/api/ingest/doors`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: lines.join('\n'),
  });
  expect(answer.status).toBe(200);
  await vigie.settled();
}

describe.runIf(CHROMIUM !== undefined)('mappings in Chromium', () => {
  beforeAll(async () => {
    vigie = await Vigie.start();
    await vigie.addTenant('harbour', { name: 'Harbour Authority' });
    token = await vigie.addSource('harbour', 'doors');
    const now = Date.now();
    await send(
      Array.from({ length: 8 }, (_, i) =>
        line(i % 2 === 0 ? 'ana.ruiz' : 'bob', i % 3 === 0 ? 'DENIED' : 'GRANTED', now - i * 1000),
      ),
    );
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

  test('from a source to its last lines and a proposal', async () => {
    await page.goto('/mappings');
    await page.getByText('No mapping yet').waitFor();
    await page.goto('/sources/harbour/doors');
    await page.getByRole('link', { name: 'Map its lines' }).click();
    const members = page.getByTestId('members');
    await members.getByText('badge.holder').waitFor();
    expect(await page.getByRole('button', { name: /^Line \d/ }).count()).toBe(8);
    await page.getByLabel('Name', { exact: true }).fill('Harbour Door Controller');
    expect(await page.getByLabel('Id', { exact: true }).inputValue()).toBe('harbour.door-controller');
    await page.getByRole('button', { name: 'Suggest' }).click();
    await page.getByText(/looks like an address in 8 of 8 lines/).waitFor();
    const event = page.getByTestId('mapping-document');
    await until('the event', async () => (await event.innerText()).includes('user.name'));
    expect(await event.innerText()).toContain('event.outcome');
    expect(await event.innerText()).toContain('harbour.door-controller.door');
    await screenshot(page, 'mapping');
  });

  test('a change shows at once, and what is wrong is said where it is', async () => {
    const rules = page.getByTestId('mapping-rule');
    const count = await rules.count();
    await page.getByRole('button', { name: 'Map door', exact: true }).click();
    const field = page.getByLabel(`Field of rule ${count + 1}`);
    await field.fill('source.port');
    await page
      .getByTestId('misfit')
      .getByText(/8 values do not fit, such as North/)
      .waitFor();
    await field.fill('source.door');
    await rules.last().getByText('source.door is not a field of ECS').waitFor();
    await field.fill('rule.name');
    const event = page.getByTestId('mapping-document');
    await until('the new field', async () => /rule\.name\s+North/.test(await event.innerText()));
  });

  test('live, the next line is found by an ECS field', async () => {
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText('Version 1 is kept as a draft.').waitFor();
    await send([line('carla', 'DENIED', Date.now())]);
    const search = async () =>
      (
        await vigie.api.ok<{ items: EventView[] }>('POST', '/api/events/search', {
          from: 0,
          to: 4_000_000_000_000,
          q: 'user.name:carla event.outcome:failure',
        })
      ).items;
    expect(await search()).toEqual([]);
    await page.getByRole('button', { name: 'Make live' }).click();
    await page.getByText('Version 1 reads from now on.').waitFor();
    await send([line('carla', 'DENIED', Date.now())]);
    expect((await search())[0]?.fields).toMatchObject({
      'event.dataset': 'harbour.door-controller',
      'rule.name': expect.stringMatching(/^North/),
    });
    await page.goto('/events?q=user.name%3Acarla');
    await page.getByText('carla').first().waitFor();
    await page.goto('/mappings');
    const row = page.getByTestId('mapping-row');
    await row.getByText('Harbour Door Controller').waitFor();
    expect(await row.innerText()).toContain('1 live');
    expect((await vigie.api.get<MappingPage>('/api/mappings')).items[0]?.figures.read).toBe(1);
    await screenshot(page, 'mappings');
  });
});
