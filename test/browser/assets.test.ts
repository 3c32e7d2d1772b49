import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssetPage, IncidentSummary } from '@vigie/contracts/api';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

const NOTE = 'MRI console, never isolate without calling';
let vigie: Vigie;
let watched: WatchedPage;
let page: Page;
let folder: string;

describe.runIf(CHROMIUM !== undefined)('assets in Chromium', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vigie-assets-'));
    vigie = await Vigie.start();
    await vigie.addTenant('clinic', { name: 'Harbour Clinic' });
    const token = await vigie.addSource('clinic', 'servers');
    const answer = await fetch(`${vigie.run.url}/api/ingest/servers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: `<86>1 ${new Date().toISOString()} mri-01 sudo 900 - - intruder : TTY=pts/0 ; PWD=/home/intruder ; USER=root ; COMMAND=/usr/bin/find /var/lib/backup -exec /bin/sh ;`,
    });
    expect(answer.status).toBe(200);
    await vigie.settled();
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
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => {
    expect(watched.complaints).toEqual([]);
  });

  test('a list is imported: what its columns mean, what can’t be taken, and only then saved', async () => {
    const rows = Array.from(
      { length: 2_000 },
      (_, n) => `ws${String(n).padStart(4, '0')},workstation,normal,Ward ${n % 9}`,
    );
    const file = join(folder, 'clinic.csv');
    writeFileSync(
      file,
      `Computer,Sort of thing,Criticality,Besitzer\n${rows.join('\n')}\nmri-01,medical device,normal,Radiology\nws9999,toaster,normal,\nws9998,server,urgent,\n`,
    );
    await page.goto('/assets');
    await page.getByRole('button', { name: 'Import' }).click();
    const dialog = page.getByTestId('asset-import');
    await dialog.getByLabel('CSV file').setInputFiles(file);
    await dialog.getByText('2002 of 2003 lines can be imported.').waitFor();
    expect(await dialog.getByTestId('import-errors').innerText()).toContain('urgent');
    // What it could not know is told by the person, and what that means is shown at once.
    await dialog.getByLabel('Means: Sort of thing').selectOption('type');
    await dialog.getByText('2001 of 2003 lines can be imported.').waitFor();
    expect(await dialog.getByTestId('import-errors').innerText()).toMatch(/Line 2003[\s\S]*toaster/);
    await screenshot(page, 'assets-import');
    await dialog.getByRole('button', { name: 'Import 2001' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await until('all of them', async () => {
      const { total } = await vigie.api.get<AssetPage>('/api/assets?tenant=clinic&kind=host');
      return total === 2001;
    });
  });

  test('the list scrolls through all of them with few rows drawn, and filters', async () => {
    await page.goto('/assets?tenant=clinic&kind=host');
    const list = page.getByTestId('asset-list');
    await page.getByTestId('asset-row').first().waitFor();
    await until('the last row', async () => {
      await list.evaluate((element) => {
        (element as unknown as { scrollTop: number }).scrollTop = 1e9;
      });
      return (await list.getByText('ws1999').count()) > 0;
    });
    expect(await page.getByTestId('asset-row').count()).toBeLessThan(80);
    await screenshot(page, 'assets');
    await page.getByLabel('Search assets').fill('radiology');
    await until('one row', async () => (await page.getByTestId('asset-row').count()) === 1);
  });

  test('several are changed at once', async () => {
    await page.goto('/assets?tenant=clinic&kind=host&q=Ward 3');
    await page.getByTestId('asset-row').first().waitFor();
    await page.getByLabel('Select ws0003').check();
    await page.getByLabel('Select ws0012').check();
    await page.getByRole('toolbar').getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Criticality').selectOption('high');
    await dialog.getByLabel('Add tags').fill('ward, night');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const { items } = await vigie.api.get<AssetPage>('/api/assets?criticality=high');
    expect(items).toMatchObject([
      { name: 'ws0003', tags: ['ward', 'night'] },
      { name: 'ws0012', owner: 'Ward 3' },
    ]);
  });

  test('the MRI console is marked, and its incident warns before anything is done', async () => {
    await page.goto('/assets?tenant=clinic&q=mri-01');
    await page.getByTestId('asset-row').getByRole('link', { name: 'mri-01', exact: true }).click();
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Criticality').selectOption('critical');
    await dialog.getByLabel('Note for everyone who acts').fill(NOTE);
    await dialog.getByLabel('Never isolate').check();
    await dialog.getByLabel('Call first', { exact: true }).check();
    await dialog.getByLabel('Phone to call first').fill('+39 0123 456');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByTestId('asset-mind').getByText(NOTE).waitFor();
    await page.getByTestId('asset-risk').getByText('Open incidents: 1').waitFor();
    await page.getByLabel('Comment').fill('Ward B only <img src=x onerror=alert(1)>');
    await page.getByRole('button', { name: 'Comment' }).click();
    const timeline = page.getByTestId('asset-timeline');
    await timeline.getByText('Ward B only <img src=x onerror=alert(1)>').waitFor();
    await timeline.getByText('Incident').first().waitFor();
    await screenshot(page, 'asset');

    const { items } = await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=clinic');
    // What depends on it makes its incident more urgent.
    expect(items[0]!.urgency.terms).toContainEqual(
      expect.objectContaining({ term: 'criticality', criticality: 'critical', asset: 'host:mri-01' }),
    );
    await page.goto('/incidents?tenant=clinic');
    await page.getByTestId('row-warning').getByText('Never isolate', { exact: true }).waitFor();
    await page.getByTestId('row-warning').getByText(NOTE).waitFor();
    await screenshot(page, 'incidents-warning');
    await page.goto(`/incidents/${items[0]!.id}`);
    const warning = page.getByTestId('asset-warnings');
    await warning.getByText(NOTE).waitFor();
    expect(await warning.innerText()).toMatch(
      /Critical[\s\S]*mri-01[\s\S]*Never isolate[\s\S]*Call first: \+39 0123 456/,
    );
    await screenshot(page, 'incident-warning');
    await page.getByTestId('incident-summary').waitFor();
    await page
      .locator('a, button')
      .filter({ hasText: /Original/ })
      .first()
      .waitFor();

    const [event] = await vigie.events('intruder', ['clinic']);
    await page.goto(`/events?tenant=clinic&event=${event!.id}&at=${event!.at}`);
    await page.getByTestId('event-panel').getByTestId('asset-warnings').getByText(NOTE).waitFor();
  });

  test('in another language, in dark, and on a phone', async () => {
    await page.evaluate("localStorage.setItem('vigie.language', 'de')");
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto('/assets?tenant=clinic&q=mri-01');
    await page.getByTestId('asset-row').getByText('Medizingerät').waitFor();
    await page.getByTestId('asset-row').getByRole('link', { name: 'mri-01', exact: true }).click();
    await page.getByRole('heading', { name: 'Was rundherum geschah' }).waitFor();
    await page.getByTestId('asset-timeline').getByText('Vorfall').first().waitFor();
    await screenshot(page, 'dark-asset');
    await page.setViewportSize({ width: 390, height: 844 });
    for (const [name, path] of [
      ['phone-asset', page.url()],
      ['phone-assets', '/assets?tenant=clinic'],
    ] as const) {
      await page.goto(path);
      await page.locator('h1').waitFor();
      await page
        .getByTestId(name === 'phone-assets' ? 'asset-row' : 'asset-timeline')
        .first()
        .waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
      await screenshot(page, name);
    }
    await page.evaluate("localStorage.removeItem('vigie.language')");
  });
});
