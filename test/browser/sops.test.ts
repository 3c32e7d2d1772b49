import type { IncidentProcedures, IncidentSummary } from '@vigie/contracts/api';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

let vigie: Vigie;
let watched: WatchedPage;
let page: Page;
let incident: IncidentSummary;

const attached = async () =>
  (await vigie.api.get<IncidentProcedures>(`/api/incidents/${incident.id}/procedures`)).attached;

describe.runIf(CHROMIUM !== undefined)('procedures in Chromium', () => {
  beforeAll(async () => {
    vigie = await Vigie.start();
    await vigie.addTenant('harbour', { name: 'Harbour Authority' });
    const token = await vigie.addSource('harbour', 'servers');
    const at = new Date(Date.now() - 60_000).toISOString();
    await fetch(`${vigie.run.url}/api/ingest/servers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: `<86>1 ${at} db01 useradd 900 - - new user: name=<img src=x onerror=alert(1)>, UID=0, GID=0, home=/root, shell=/bin/bash, from=none\n<86>1 ${at} db01 useradd 901 - - new user: name=toor, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
    });
    incident = await until('the incident', async () => {
      const { items } = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=harbour');
      return items[0];
    });
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

  test('a fitting procedure is proposed with its reasons, used, and worked through by keyboard', async () => {
    await page.goto(`/incidents/${incident.id}`);
    const panel = page.getByTestId('procedures');
    await panel.getByTestId('procedure-proposed').first().waitFor();
    expect(await panel.getByTestId('procedure-proposed').first().innerText()).toMatch(
      /because of rule .* \(\d+\)/,
    );
    await panel.getByRole('button', { name: 'Use: Foothold on a server' }).click();
    await panel.getByTestId('step-describe').getByLabel('Note').waitFor();
    expect(await panel.getByTestId('procedure-progress').innerText()).toBe('0 of 7');

    // Writing things down settles the step and opens the next one.
    await panel.getByTestId('step-describe').getByLabel('Note').fill('Account toor with UID 0');
    await page.keyboard.press('Control+Enter');
    await panel.getByTestId('step-since-when').getByText('Time of the file', { exact: false }).waitFor();
    expect(await panel.getByTestId('procedure-progress').innerText()).toBe('1 of 7');

    // r runs the search, d ticks the step, j goes on, k back.
    await panel.locator('[aria-expanded=true]').first().focus();
    await page.keyboard.press('r');
    await until('the count', async () =>
      /^[1-9]\d* events?/.test(await panel.getByTestId('step-found').innerText()),
    );
    await screenshot(page, 'procedure');
    await page.keyboard.press('d');
    await panel.getByTestId('step-who-uses').locator('[data-key=run]').waitFor();
    await page.keyboard.press('k');
    await until(
      'the step before',
      async () =>
        (await panel.getByTestId('step-since-when').getByRole('button', { name: 'Reopen' }).count()) === 1,
    );
    await page.keyboard.press('j');
    await panel.getByTestId('step-who-uses').locator('[data-key=run]').waitFor();
    await page.keyboard.press('k');
    await panel.getByTestId('step-since-when').locator('[data-key=run]').click();
    await panel.getByRole('link', { name: 'Show them' }).click();
    await until('the events', () => page.url().includes('/events?tenant=harbour'));
    await page.getByText('db01').first().waitFor();
    expect((await attached())[0]).toMatchObject({ id: 'server-persistence', settled: 2 });
  });

  test('a step is skipped with a reason and given to somebody; hostile names are text', async () => {
    await page.goto(`/incidents/${incident.id}`);
    const step = page.getByTestId('step-who-uses');
    await step.getByRole('button', { name: 'Skip' }).click();
    await step.getByLabel('Why is it skipped?').fill('<b>nobody</b> signs in there');
    await page.keyboard.press('Enter');
    await page.getByTestId('step-image').getByLabel('Given to').waitFor();
    await page.getByTestId('step-image').getByLabel('Given to').selectOption('Administrator');
    await until('the person', async () =>
      (await attached())[0]!.content.some(({ id, assignee }) => id === 'image' && assignee !== null),
    );
    await step.getByRole('button', { name: /Who uses it/ }).click();
    await step.getByText('<b>nobody</b> signs in there').waitFor();
    // Digest of a file, taken here: the file goes nowhere.
    await page.getByTestId('step-image').getByRole('button').first().click();
    await page
      .getByTestId('step-image')
      .locator('input[type=file]')
      .setInputFiles({
        name: 'memory.raw',
        mimeType: 'application/octet-stream',
        buffer: Buffer.from('abc'),
      });
    await until('the digest', async () =>
      (await page.getByTestId('step-image').getByRole('textbox').inputValue()).includes(
        'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      ),
    );
  });

  test('closing says what is open and wants a reason', async () => {
    await page.goto(`/incidents/${incident.id}`);
    await page.getByTestId('procedure').waitFor();
    await page.getByRole('button', { name: /^Close/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByTestId('open-steps').getByText('Memory and disk image').waitFor();
    await dialog.getByText('Benign true positive').click();
    await dialog.getByRole('radio', { name: /administration/i }).click();
    const confirm = dialog.locator('button[type=submit]');
    expect(await confirm.isDisabled()).toBe(true);
    await screenshot(page, 'procedure-close');
    await dialog.getByRole('textbox').fill('A test of the administrators');
    await confirm.click();
    await until(
      'the status',
      async () => (await page.getByTestId('incident-status').innerText()) === 'Closed',
    );
    await page.getByText('Closed with mandatory steps open:', { exact: false }).waitFor();
  });

  test('the catalogue, and which incidents have none', async () => {
    await page.goto('/procedures');
    await page.getByTestId('procedure-row').first().waitFor();
    expect(await page.getByTestId('procedure-row').count()).toBeGreaterThanOrEqual(22);
    await page.getByTestId('procedure-coverage').getByText('Phishing', { exact: true }).waitFor();
    await screenshot(page, 'procedures');
  });

  test('a shipped one is copied, changed under a live check, saved, put in force, and compared', async () => {
    await page.goto('/procedures/shipped/lost-device');
    await page.getByRole('link', { name: 'Make an own version' }).click();
    await page.getByTestId('procedure-preview').getByText('Lost or stolen device').waitFor();
    const save = page.getByRole('button', { name: 'Save as a draft' });
    const sop = page.getByLabel('sop.yml', { exact: true });
    const text = await sop.inputValue();
    await sop.fill(text.replace('host.name:', 'hostname:'));
    const problem = page.getByTestId('procedure-problems');
    await problem.getByText('no event has the field hostname', { exact: false }).waitFor();
    expect(await save.isDisabled()).toBe(true);
    await sop.fill(text);
    await page.getByRole('button', { name: 'en.md' }).click();
    const words = page.getByLabel('en.md', { exact: true });
    const english = await words.inputValue();
    await words.fill(english.replace('A laptop', '<script>alert(1)</script> A laptop'));
    await problem.getByText('HTML is not read', { exact: false }).waitFor();
    await words.fill(english.replace('A laptop', 'A **tablet**, laptop'));
    await page.getByTestId('procedure-preview').locator('strong', { hasText: 'tablet' }).waitFor();
    await screenshot(page, 'procedure-editor');
    await page.getByLabel('What changed (for the next reader)').fill('Tablets too');
    await save.click();
    await page.getByTestId('procedure-version').getByText('Tablets too').waitFor();
    await page.getByRole('button', { name: 'Put in force' }).first().click();
    await page.getByRole('button', { name: 'Take out of force' }).waitFor();
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByRole('button', { name: 'en.md' }).click();
    await words.fill(english);
    await page.getByTestId('procedure-preview').getByText('A laptop', { exact: false }).waitFor();
    await save.click();
    await page.getByRole('button', { name: 'What changed' }).first().click();
    await page.getByTestId('procedure-diff').getByText('− A **tablet**', { exact: false }).waitFor();
    await page.goto('/procedures');
    await page.getByText('replaced by an own one').waitFor();
  });

  test('in dark, in French, and on a phone', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.evaluate("localStorage.setItem('vigie.language', 'fr')");
    for (const [path, name] of [
      [`/incidents/${incident.id}`, 'dark-procedure'],
      ['/procedures', 'dark-procedures'],
      ['/procedures/shipped/ransomware', 'dark-procedure-page'],
      ['/procedures/new', 'dark-procedure-editor'],
    ] as const) {
      await page.goto(path);
      await page
        .getByText(/Tête de pont|Rançongiciel|Nouvelle procédure/)
        .first()
        .waitFor();
      await screenshot(page, name);
      expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), path).toBe(false);
    }
  });
});
