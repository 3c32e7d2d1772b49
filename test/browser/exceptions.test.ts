import type { ExceptionPage, IncidentSummary } from '@vigie/contracts/api';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

/** Root shell obtained by escaping from a program run with sudo. */
const RULE = '3135d4cd-cc83-4e03-a90d-623f08e2af54';
const TITLE = 'Root shell obtained by escaping from a program run with sudo';
const DAY = 86_400_000;

let vigie: Vigie;
let watched: WatchedPage;
let page: Page;
let token: string;

/** A `sudo` that ends in a shell. */
const line = (user: string, host: string, at: number) =>
  `<86>1 ${new Date(at).toISOString()} ${host} sudo 900 - - ${user} : TTY=pts/0 ; PWD=/home/${user} ; USER=root ; COMMAND=/usr/bin/find /var/lib/backup -exec /bin/sh ;`;

async function send(lines: readonly string[]): Promise<void> {
  const answer = await fetch(`${vigie.run.url}/api/ingest/servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: lines.join('\n'),
  });
  expect(answer.status).toBe(200);
  await vigie.settled();
}

async function incidentOf(user: string): Promise<IncidentSummary> {
  const { items } = await vigie.api.get<{ items: IncidentSummary[] }>(
    `/api/incidents?status=all&tenant=harbour&q=${user}`,
  );
  return items[0]!;
}

const exceptions = () => vigie.api.get<ExceptionPage>('/api/exceptions?state=all');

describe.runIf(CHROMIUM !== undefined)('exceptions in Chromium', () => {
  beforeAll(async () => {
    vigie = await Vigie.start();
    await vigie.addTenant('harbour', { name: 'Harbour Authority' });
    token = await vigie.addSource('harbour', 'servers');
    const now = Date.now();
    const nights = Array.from({ length: 20 }, (_, n) => line('svc_backup', 'files01', now - (n + 1) * DAY));
    await send([...nights.reverse(), line('intruder', 'web02', now - 3_600_000)]);
    await send([line('svc_backup', 'files01', now - 60_000)]);
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

  test('nothing is silent yet, and the page says what to do', async () => {
    await page.goto('/exceptions');
    await page.getByText('Nothing is kept silent here').waitFor();
  });

  test('from the evidence to an exception: the effect is shown before it can be saved', async () => {
    const { id } = await incidentOf('svc_backup');
    await page.goto(`/incidents/${id}`);
    await page.getByTestId('make-exception').first().click();
    const dialog = page.getByTestId('exception-dialog');
    await dialog.getByText(TITLE).waitFor();
    await until('the figures', async () =>
      /^21 of 22$/.test(await dialog.getByTestId('exception-silenced').innerText()),
    );
    await dialog.getByText(/nearly everything/).waitFor();
    const save = dialog.getByRole('button', { name: 'Save exception' });
    expect(await save.isDisabled()).toBe(true);
    await screenshot(page, 'exception');

    // Without the account the person at work is silenced as well: the figures follow what is ticked.
    await dialog.getByRole('checkbox', { name: 'host.name' }).uncheck();
    await dialog.getByRole('checkbox', { name: 'user.name' }).uncheck();
    await until('the figures', async () =>
      /^22 of 22$/.test(await dialog.getByTestId('exception-silenced').innerText()),
    );
    await dialog.getByRole('checkbox', { name: 'user.name' }).check();
    await until('the figures', async () =>
      /^21 of 22$/.test(await dialog.getByTestId('exception-silenced').innerText()),
    );

    await dialog.getByRole('button', { name: 'Write it as Sigma' }).click();
    expect(await dialog.getByLabel('Sigma filter').inputValue()).toContain('user.name: svc_backup');
    await dialog.getByRole('button', { name: 'Back to the fields' }).click();

    await dialog.getByLabel('Why may this be silent?').fill('The backup runs its hooks this way every night');
    await until('a preview of exactly this', async () => save.isEnabled());
    await save.click();
    await dialog.waitFor({ state: 'hidden' });
    const { items } = await exceptions();
    expect(items).toMatchObject([
      { tenant: 'harbour', rules: [{ id: RULE }], owner: { name: 'Administrator' }, state: 'active' },
    ]);
    expect(items[0]?.filter).toContain('user.name: svc_backup');
    expect(items[0]?.filter).not.toContain('host.name');

    await send([line('svc_backup', 'files09', Date.now())]);
    await until('the count', async () => (await exceptions()).items[0]?.silenced.hits === 1);
  });

  test('the list and its page tell who, why, what and until when', async () => {
    await page.goto('/exceptions');
    const row = page.getByTestId('exception-row');
    await row.waitFor();
    expect(await row.innerText()).toContain('The backup runs its hooks this way every night');
    await screenshot(page, 'exceptions');
    await row.getByRole('link').click();
    await page.getByTestId('exception-filter').getByText('svc_backup').first().waitFor();
    await page.getByText('21 of 22 in the 30 days before').waitFor();
    await page.getByText('by Administrator').waitFor();

    await page.goto(`/rules/${RULE}?tab=exceptions`);
    await page
      .getByTestId('rule-exceptions')
      .getByRole('link', { name: /svc_backup/ })
      .waitFor();
  });

  test('a case marked true positive refuses, in plain words', async () => {
    const { id } = await incidentOf('intruder');
    await vigie.api.ok('PATCH', `/api/incidents/${id}`, { status: 'closed', verdict: 'true-positive' });
    await page.goto(`/incidents/${id}`);
    await page.getByTestId('make-exception').first().click();
    const refused = page.getByTestId('exception-refused');
    await refused.getByText(`INC-${id}`).waitFor();
    const dialog = page.getByTestId('exception-dialog');
    await dialog.getByLabel('Why may this be silent?').fill('It looked harmless to somebody in a hurry');
    expect(await dialog.getByRole('button', { name: 'Save exception' }).isDisabled()).toBe(true);
    await screenshot(page, 'exception-refused');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  test('a new one begins with a rule; what can’t be read is said', async () => {
    await page.goto('/exceptions');
    await page.getByTestId('exception-row').waitFor();
    await page.keyboard.press('n');
    const dialog = page.getByTestId('exception-dialog');
    await dialog.getByLabel('Rule').fill('escaping from a program');
    await dialog.getByRole('button', { name: TITLE }).click();
    await dialog.getByLabel('Where').selectOption('harbour');
    await dialog.getByTestId('exception-silenced').waitFor();
    await dialog.getByRole('button', { name: 'Write it as Sigma' }).click();
    await dialog.getByLabel('Sigma filter').fill('title: <img src=x onerror=alert(1)>\nfilter: [');
    await dialog.getByTestId('exception-invalid').waitFor();
    // The browser tells of the refused request.
    expect(watched.complaints.splice(0).every((complaint) => complaint.includes('400'))).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  test('it is extended, revoked, and made again', async () => {
    await page.goto('/exceptions');
    await page.getByTestId('exception-row').getByRole('link').click();
    await page.getByRole('button', { name: 'Extend' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Why is it still needed?').fill('The vendor has not changed the script');
    const end = new Date(Date.now() + 300 * DAY).toISOString().slice(0, 10);
    await dialog.getByLabel('New end').fill(end);
    await dialog.getByRole('button', { name: 'Extend' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('The vendor has not changed the script').waitFor();
    expect((await exceptions()).items[0]!.expiresAt).toBeGreaterThan(Date.now() + 298 * DAY);

    await page.getByRole('button', { name: 'Revoke' }).click();
    await dialog.getByLabel('Why does it end?').fill('The account is gone');
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await until('the end', async () => (await page.getByTestId('exception-state').innerText()) === 'revoked');
    expect((await exceptions()).items[0]).toMatchObject({ state: 'revoked' });

    await page.getByRole('button', { name: 'Make it again' }).click();
    const create = page.getByTestId('exception-dialog');
    expect(await create.getByLabel('Sigma filter').inputValue()).toContain('svc_backup');
    await create.getByTestId('exception-silenced').waitFor();
    await page.keyboard.press('Escape');
  });

  test('in dark, and on a phone', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto('/exceptions?state=all');
    await page.getByTestId('exception-row').waitFor();
    await screenshot(page, 'dark-exceptions');
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByTestId('exception-row').waitFor();
    const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    expect(wide).toBe(false);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
  });
});
