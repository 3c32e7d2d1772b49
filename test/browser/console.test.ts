import type { IncidentView } from '@vigie/contracts/api';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

/** The one-time password as the start prints it. */
const PRINTED = /Password\s+(\S+)/;
const OWN_PASSWORD = 'nine lighthouses on a cliff';
const ATTACKER = '198.51.100.23';

let vigie: Vigie;
let watched: WatchedPage;
let page: Page;

describe.runIf(CHROMIUM !== undefined)('the console in Chromium', () => {
  beforeAll(async () => {
    vigie = await Vigie.start({ oneTimePassword: true });
    await vigie.addTenant('harbour', { name: 'Harbour Authority' });
    const token = await vigie.addSource('harbour', 'servers', { name: 'Linux servers' });
    const start = Date.now() - 600_000;
    const at = (n: number) => new Date(start + n * 4000).toISOString();
    const lines = Array.from(
      { length: 20 },
      (_, n) =>
        `<86>1 ${at(n)} pilot01 sshd ${900 + n} - - Failed password for dockmaster from ${ATTACKER} port ${42_000 + n} ssh2`,
    );
    lines.push(
      `<86>1 ${at(25)} pilot01 sshd 950 - - Accepted password for dockmaster from ${ATTACKER} port 43000 ssh2`,
      'a line in a language that no parser speaks <script>alert(1)</script>',
    );
    const sent = await fetch(`${vigie.run.url}/api/ingest/servers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: lines.join('\n'),
    });
    expect(sent.status).toBe(200);
    await vigie.settled();
    watched = await openPage(vigie.run.url);
    page = watched.page;
  });
  afterAll(async () => {
    await watched?.close();
    await vigie?.remove();
  });
  afterEach(() => {
    expect(watched.complaints).toEqual([]);
  });

  const toPage = (name: string) =>
    page.getByRole('navigation', { name: 'Pages' }).first().getByRole('link', { name }).click();

  test('signing in with the one-time password, and choosing one of one’s own', async () => {
    await page.goto('/incidents');
    await page.getByLabel('E-mail').fill('admin@vigie.local');
    await page.getByLabel('Password').fill('not the one that was printed');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('E-mail or password is wrong.').waitFor();
    // The browser itself tells of every answer above 399; these were asked for.
    const refused = watched.complaints.splice(0);
    expect(refused.every((complaint) => complaint.includes('401'))).toBe(true);

    const [, password = ''] = PRINTED.exec(vigie.output) ?? [];
    await screenshot(page, 'sign-in');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Choose your own password' }).waitFor();
    await page.getByLabel('New password', { exact: true }).fill(OWN_PASSWORD);
    await page.getByLabel('New password again').fill(OWN_PASSWORD);
    await page.getByRole('button', { name: 'Set password and continue' }).click();
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();

    const cookies = await page.context().cookies();
    expect(cookies.map(({ name }) => name).sort()).toEqual(['vigie_device', 'vigie_session']);
    for (const cookie of cookies) expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    const again = await fetch(`${vigie.run.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'admin@vigie.local', password }),
    });
    expect(again.status).toBe(401);
  });

  test('from the queue to the incident, its evidence, the event and the log as it came', async () => {
    const row = page.getByTestId('incident-row');
    await row.first().waitFor();
    expect(await row.count()).toBe(1);
    expect(await row.innerText()).toContain('pilot01');
    await screenshot(page, 'incidents');
    await row.getByRole('link').first().click();
    await page.getByRole('heading', { name: 'Evidence' }).waitFor();

    const [shown] = /\d+$/.exec(new URL(page.url()).pathname) ?? [];
    const incident = await vigie.api.get<IncidentView>(`/api/incidents/${shown}`);
    await page.getByText(incident.title).first().waitFor();
    for (const id of incident.techniques.map((technique) => technique.id))
      await page.getByText(id).first().waitFor();
    for (const step of incident.advice.slice(0, 3)) await page.getByText(step).first().waitFor();

    const evidence = page.getByTestId('evidence').first();
    await evidence.locator('mark', { hasText: ATTACKER }).first().waitFor();
    await screenshot(page, 'incident');
    await evidence.getByTestId('open-event').click();
    const drawer = page.getByRole('complementary', { name: 'Event' });
    await drawer.getByRole('tab', { name: 'Fields' }).waitFor();
    await drawer.locator('mark', { hasText: ATTACKER }).first().waitFor();
    await screenshot(page, 'event');
    await drawer.getByRole('tab', { name: 'Original' }).click();
    const original = await drawer.getByTestId('event-original').locator('pre').innerText();
    const ids = new Set(
      incident.alertList.flatMap((alert) =>
        alert.evidence.flatMap(({ events }) => events.map(({ id }) => id)),
      ),
    );
    const events = (await vigie.events('', ['harbour'])).filter(({ id }) => ids.has(id));
    expect(events.map(({ fields }) => fields['event.original'])).toContain(original);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
  });

  test('searching events: the histogram, the rows, and what is no query', async () => {
    await toPage('Events');
    const query = page.getByRole('combobox', { name: 'Search query' });
    await query.fill(`source.ip:${ATTACKER} event.outcome:failure`);
    await query.press('Enter');
    await page.getByText('20 events', { exact: true }).first().waitFor();
    const histogram = page.getByTestId('histogram');
    await histogram.waitFor();
    expect(await histogram.getAttribute('aria-label')).toMatch(/^20 events over time/);
    expect(await histogram.locator('canvas').count()).toBe(1);
    await screenshot(page, 'events');

    // Markup in a log is text.
    await query.fill('parser speaks');
    await query.press('Enter');
    await page.getByText('<script>alert(1)</script>').first().waitFor();

    await query.fill('source.ip:(');
    await query.press('Enter');
    await page.getByText('The query cannot be read').waitFor();
    await query.fill('nothing.has:this');
    await query.press('Enter');
    await page.getByText('No event fits').waitFor();
    // The browser tells of the refusal of the query itself, in its own time.
    await expect.poll(() => watched.complaints.length).toBeGreaterThan(0);
    expect(watched.complaints.splice(0).filter((complaint) => !complaint.includes('400'))).toEqual([]);
  });

  test('the sources and their health', async () => {
    await toPage('Sources');
    const row = page.getByRole('row', { name: /Linux servers/ });
    await row.waitFor();
    await until('the figures of the day', async () => /\b22\b/.test(await row.innerText()));
    await screenshot(page, 'sources');
    await page.getByRole('link', { name: 'Linux servers' }).click();
    await page.getByText('Lines that no parser understood').waitFor();
    await page.getByText('a line in a language that no parser speaks').first().waitFor();
  });

  test('a rule is switched off and on, and its detection with it', async () => {
    await toPage('Rules');
    await page.getByRole('searchbox', { name: 'Search in rules' }).fill('SSH brute force');
    const toggle = page.getByRole('switch', { name: 'Rule on: SSH brute force' });
    await toggle.waitFor();
    await screenshot(page, 'rules');
    const enabled = async () =>
      (await vigie.api.get<{ enabled: boolean }>('/api/rules/2ddf7112-2ee8-49e9-a57e-37dad4136da1')).enabled;
    await toggle.uncheck();
    await until('the rule to be off', async () => !(await enabled()));
    await page.reload();
    await page.getByRole('searchbox', { name: 'Search in rules' }).fill('SSH brute force');
    expect(await toggle.isChecked()).toBe(false);
    await toggle.check();
    await until('the rule to be on', enabled);

    // A list read before the change and shown after it knows nothing of the change.
    const changed = page.waitForResponse((response) => response.request().method() === 'PATCH');
    await page.route(/\/api\/rules\?.*q=SSH\+brute/, async (route) => {
      const before = await route.fetch();
      await changed;
      await route.fulfill({ response: before });
    });
    try {
      await page.goto('/rules');
      await toggle.waitFor();
      const asked = page.waitForRequest(/q=SSH\+brute/);
      await page.getByRole('searchbox', { name: 'Search in rules' }).fill('SSH brute');
      await asked;
      const answered = page.waitForEvent('requestfinished', (request) => /q=SSH\+brute/.test(request.url()));
      await toggle.uncheck();
      await until('the rule to be off', async () => !(await enabled()));
      await answered;
      await expect.poll(() => page.locator('[data-stale]').count()).toBe(0);
      expect(await toggle.isChecked()).toBe(false);
    } finally {
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    }
    await toggle.check();
    await until('the rule to be on', enabled);
  });

  test('every page opens by itself, in dark as well', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const [path, title] of [
      ['/incidents', 'Incidents'],
      ['/events', 'Events'],
      ['/sources', 'Sources'],
      ['/rules', 'Rules'],
      ['/outbox', 'Outbox'],
      ['/tenants', 'Tenants'],
      ['/access', 'Users'],
      ['/status', 'Status'],
    ] as const) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1, name: title }).first().waitFor();
      await expect
        .poll(() => page.getByRole('status', { name: 'Loading' }).count(), { timeout: 20_000 })
        .toBe(0);
      expect(await page.getByTestId('error').count(), path).toBe(0);
      await screenshot(page, `dark${path.replace('/', '-')}`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  test('the server away: the page says so, and goes on when it is back', async () => {
    await page.goto('/status');
    await page.getByRole('heading', { level: 1, name: 'Status' }).first().waitFor();
    await vigie.stop();
    await toPage('Sources');
    await page.getByTestId('error').getByText('This could not be loaded').waitFor({ timeout: 30_000 });
    await vigie.launch();
    watched.complaints.splice(0);
    // The page asks again by itself, too: on a slow machine it has done so before anybody can click.
    await page
      .getByTestId('error')
      .getByRole('button', { name: 'Try again' })
      .click({ timeout: 3_000 })
      .catch(() => undefined);
    await page.getByRole('row', { name: /Linux servers/ }).waitFor();
    // What the live connection complained of while it was away.
    watched.complaints.splice(0);
  });

  test('signing out ends the session', async () => {
    const session = (await page.context().cookies()).find(({ name }) => name === 'vigie_session');
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    const answer = await fetch(`${vigie.run.url}/api/session`, {
      headers: { cookie: `${session!.name}=${session!.value}` },
    });
    expect(answer.status).toBe(401);
    watched.complaints.splice(0);
  });
});
