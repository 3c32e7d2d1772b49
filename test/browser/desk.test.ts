import type { DetectionQuality, IncidentSummary, LooseAlert } from '@vigie/contracts/api';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

/** Alerts that the story triages at least. */
const ALERTS = 30;
/** Machines of a small hospital on each of which somebody may not use sudo: as many loose alerts. */
const LOOSE = 20;

/** How long a page may take to come to what it shows. */
const PATIENT = { timeout: 30_000 };

let vigie: Vigie;
let watched: WatchedPage;
let page: Page;
let keys = 0;

/** One key, counted. */
async function press(key: string): Promise<void> {
  keys++;
  await page.keyboard.press(key);
}

const incidents = async (filter = '') =>
  (await vigie.api.get<{ items: IncidentSummary[] }>(`/api/incidents?tenant=demo&limit=200${filter}`)).items;
const loose = async (review: 'open' | 'done' | 'all') =>
  (
    await vigie.api.get<{ items: LooseAlert[] }>(
      `/api/alerts/loose?tenant=hospital&limit=200&sort=rare&review=${review}`,
    )
  ).items;

describe.runIf(CHROMIUM !== undefined)('the analyst’s desk in Chromium', () => {
  beforeAll(async () => {
    vigie = await Vigie.start();
    await vigie.api.ok('POST', '/api/demo', {});
    await vigie.addTenant('hospital', { name: 'Elm Hill Hospital' });
    const token = await vigie.addSource('hospital', 'servers');
    const at = new Date().toISOString();
    await fetch(`${vigie.run.url}/api/ingest/servers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: Array.from(
        { length: LOOSE },
        (_, n) =>
          `<85>1 ${at} ward${n} sudo 9 - - nurse${n} : user NOT in sudoers ; TTY=pts/2 ; PWD=/home/nurse${n} ; USER=root ; COMMAND=/bin/ls`,
      ).join('\n'),
    });
    await until('the loose alerts', async () => (await loose('all')).length === LOOSE);
    let before = -1;
    await until(
      'the demo to be told',
      async () => {
        await vigie.settled();
        const told = (await incidents('&status=all')).length + (await loose('all')).length;
        const done = told === before && told > 0;
        before = told;
        return done;
      },
      60_000,
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

  test('what is urgent stands first, and says why', async () => {
    const first = page.getByTestId('incident-row').first();
    await first.waitFor();
    const [expected] = await incidents();
    expect(await first.getAttribute('data-incident')).toBe(String(expected!.id));
    await first.getByTestId('urgency').click();
    await first.getByText('Why it stands here').waitFor();
    // What is written down of the demo's machines counts; of others, that nothing is.
    const depends = expected!.urgency.terms.find(({ term }) => term === 'criticality');
    const asset = depends?.term === 'criticality' ? depends.asset : undefined;
    await first
      .getByText(asset === null ? 'no asset written down' : ` asset ${asset?.replace(/^\w+:/, '')}`)
      .waitFor();
    await screenshot(page, 'queue-urgency');
    await page.keyboard.press('Escape');
  });

  test('a change is taken back with one key, also when it was of many', async () => {
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('a');
    await until(
      'two owned',
      async () => (await incidents('&owner=nobody')).length === (await incidents()).length - 2,
    );
    await page.getByRole('button', { name: 'Undo' }).waitFor();
    await page.keyboard.press('z');
    await until(
      'none owned',
      async () => (await incidents('&owner=nobody')).length === (await incidents()).length,
    );
    await page.keyboard.press('Escape');
  });

  test('thirty alerts of the demo are triaged by keyboard alone', async () => {
    await page.goto('/incidents');
    await page.getByTestId('incident-row').first().waitFor();
    const open = await incidents();
    const inIncidents = open.reduce((sum, { alerts }) => sum + alerts, 0);
    keys = 0;
    // A hand that leaves the keyboard is seen.
    await page.evaluate(`window.pointed = 0;
      document.addEventListener('pointerdown', () => { window.pointed += 1; }, true);`);
    // The queue: each incident is looked at, taken, and closed with a verdict and a reason.
    await press('j');
    for (const [index, { id }] of open.entries()) {
      await page.locator(`tr[data-active][data-incident="${id}"]`).waitFor();
      if (index === 0) {
        await press('Enter');
        await page.getByRole('heading', { name: 'Evidence' }).waitFor();
        await press('c');
      } else await press('c');
      await page.getByTestId('verdict-dialog').waitFor();
      await press('1');
      await press('3');
      await press('Enter');
      await until(`INC-${id} to be closed`, async () => !(await incidents()).some((each) => each.id === id));
      if (index === 0) {
        await press('u');
        await page.getByTestId('incident-row').first().waitFor();
        await press('j');
      }
    }
    expect(await incidents()).toEqual([]);
    const closed = await incidents('&status=closed');
    expect(
      closed.filter(
        ({ verdict, verdictReason }) => verdict === 'true-positive' && verdictReason === 'attempt',
      ),
    ).toHaveLength(open.length);
    const queueKeys = keys;

    // What is in no incident: one looked at by itself, the whole rule at the client with one more key.
    await press('g');
    await press('a');
    await page.getByTestId('loose-group').first().waitFor();
    await screenshot(page, 'loose-alerts');
    await press('j');
    await press('Enter');
    await expect.poll(() => page.getByTestId('loose-alert').count(), PATIENT).toBe(LOOSE);
    await press('j');
    await press('p');
    await until('an incident of it', async () => (await loose('all')).length === LOOSE - 1);
    await expect.poll(() => page.getByTestId('loose-alert').count(), PATIENT).toBe(LOOSE - 1);
    await press('k');
    await press('r');
    await until('all to be routine', async () => (await loose('open')).length === 0);
    await page.getByText('Nothing is waiting').waitFor();
    expect(
      (await loose('done')).every(({ routine, verdict }) => routine && verdict === 'benign-true-positive'),
    ).toBe(true);
    process.stdout.write(
      `${inIncidents} alerts in ${open.length} incidents closed with ${queueKeys} keys, ${LOOSE} loose ones disposed of with ${keys - queueKeys}\n`,
    );
    expect(inIncidents).toBeGreaterThanOrEqual(ALERTS);
    expect(await page.evaluate('window.pointed')).toBe(0);
    // Two keys an alert at most: five hundred a month are a thousand keys.
    expect(queueKeys).toBeLessThanOrEqual(2 * inIncidents);
    expect(watched.complaints).toEqual([]);
  });

  test('a false positive leads to an exception that is filled in; the verdict stays with the incident', async () => {
    const [one] = await incidents('&status=closed');
    await page.goto(`/incidents/${one!.id}`);
    const verdicts = page.getByTestId('verdicts');
    await verdicts.getByText('An attempt without effect').waitFor();
    await page.keyboard.press('v');
    await page.getByTestId('verdict-dialog').waitFor();
    await page.keyboard.press('3');
    await page.keyboard.press('1');
    await page.keyboard.press('Enter');
    await verdicts.getByText('The rule is too broad').waitFor();
    expect(await verdicts.getByRole('listitem').count()).toBe(2);
    await screenshot(page, 'verdicts');
    await verdicts.getByRole('link', { name: 'Make an exception' }).first().click();
    const dialog = page.getByTestId('exception-dialog');
    await dialog.waitFor();
    expect(await dialog.getByLabel('Why may this be silent?').inputValue()).toContain(
      'The rule is too broad',
    );
  });

  test('filters are in the address and kept as a view', async () => {
    await page.goto('/incidents?status=all&verdict=false-positive');
    await expect.poll(() => page.getByTestId('incident-row').count(), PATIENT).toBe(1);
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Where we erred');
    await page.getByRole('button', { name: 'Save this view' }).click();
    await page.getByTestId('views').getByRole('button', { name: 'Where we erred', exact: true }).waitFor();
    await page.goto('/incidents');
    await page.getByRole('button', { name: 'Saved views' }).click();
    await page.getByTestId('views').getByRole('button', { name: 'Where we erred', exact: true }).click();
    await page.waitForURL(/verdict=false-positive/);
    await expect.poll(() => page.getByTestId('incident-row').count(), PATIENT).toBe(1);
  });

  test('the detection’s quality, and that the ranking waits for verdicts', async () => {
    await page.goto('/quality');
    await page.getByTestId('quality').waitFor();
    const { overall } = await vigie.api.get<DetectionQuality>('/api/detection-quality');
    await page.getByText(`${overall.judged}`, { exact: true }).first().waitFor();
    await page.getByRole('button', { name: 'Train now' }).click();
    await page.getByTestId('ranking-state').getByText('too few verdicts').waitFor();
    await screenshot(page, 'quality');
    expect(watched.complaints).toEqual([]);
  });

  test('in German and on a phone, everything has its words and its place', async () => {
    await page.evaluate(`localStorage.setItem('vigie.language', 'de')`);
    await page.setViewportSize({ width: 390, height: 800 });
    for (const [path, title] of [
      ['/incidents?status=all', 'Vorfälle'],
      ['/alerts?review=all', 'Lose Alarme'],
      ['/quality', 'Güte der Erkennung'],
    ] as const) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await expect
        .poll(() =>
          page.evaluate<number>(
            `document.documentElement.scrollWidth - document.documentElement.clientWidth`,
          ),
        )
        .toBeLessThanOrEqual(0);
      await screenshot(page, `phone${path.split('?')[0]!.replace('/', '-')}`);
    }
    expect(watched.complaints).toEqual([]);
  });
});
