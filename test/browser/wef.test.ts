import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WefView } from '@vigie/contracts/api';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { TestAuthority } from '../../server/collect/wef/testing/authority.ts';
import { WindowsClientStandIn } from '../../server/collect/wef/testing/windows-client-stand-in.ts';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

const WEF = '/api/sources/harbour/windows/wef';

let folder: string;
let authority: TestAuthority;
let vigie: Vigie;
let watched: WatchedPage;
let page: Page;
let machine: WindowsClientStandIn | undefined;

describe.runIf(CHROMIUM !== undefined)('Windows Event Forwarding in Chromium', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vigie-wef-browser-'));
    authority = await TestAuthority.create(folder, 'Harbour Hospital CA');
    const server = await authority.issue({ name: 'localhost', dns: ['localhost'], usage: 'serverAuth' });
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    vigie = await Vigie.start({
      config: {
        wef: {
          port: 0,
          cert: file('wef.pem', server.cert),
          key: file('wef.key', server.key),
          ca: file('authorities.pem', authority.cert),
        },
      },
    });
    await vigie.addTenant('harbour', { name: 'Harbour Authority' });
    await vigie.addSource('harbour', 'windows');
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
    machine?.close();
    await watched?.close();
    await vigie?.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => {
    expect(watched.complaints.splice(0)).toEqual([]);
  });

  test('an authority is given to a source; its machine forwards, and is seen', async () => {
    await page.goto('/sources/harbour/windows');
    const section = page.getByTestId('wef');
    await section.getByText('Harbour Hospital CA').waitFor();
    await section.getByRole('button', { name: 'Belongs to this source' }).click();
    await section.getByText(authority.thumbprint).waitFor();
    await section.getByText('0 machines').waitFor();
    const { port } = await vigie.api.get<WefView>(WEF);
    const name = 'pc-1.harbour.example.org';
    machine = new WindowsClientStandIn(name, port!, await authority.issue({ name }), authority.cert);
    machine.write(3);
    expect((await machine.forward()).map(({ status }) => status)).toEqual([200]);
    await page.reload();
    await section.getByText('1 machine, all heard of in time').waitFor();
    await section.getByRole('button', { name: 'Show machines' }).click();
    const row = section.getByRole('row', { name: /pc-1\.harbour/ });
    await row.getByText('what is asked for now').waitFor();
    await row.getByText('forwards').waitFor();
  });

  test('what is asked for is changed, refused where it is wrong, and set back', async () => {
    const section = page.getByTestId('wef');
    await section.getByRole('button', { name: 'Change what is asked for…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Add a query' }).click();
    await dialog.getByLabel('Event log').last().fill('Directory Service');
    await dialog.getByLabel('Which events').last().fill('*[System[(EventID=1]]');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('the query of Directory Service closes ] where it is not open').waitFor();
    // The server said 400, as it should.
    watched.complaints.splice(0);
    await dialog.getByLabel('Which events').last().fill('*[System[(EventID=2887)]]');
    await screenshot(page, 'windows-forwarding');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await section.getByText('19 queries', { exact: true }).waitFor();
    expect((await machine!.enumerate())!.query).toContain('Directory Service');
    await section.getByText('an earlier version').waitFor();
    await section.getByRole('button', { name: 'Change what is asked for…' }).click();
    await dialog.getByRole('button', { name: 'Use the standard set' }).click();
    await section.getByText('18 queries, the standard set').waitFor();
  });

  test('a machine is forgotten', async () => {
    const section = page.getByTestId('wef');
    await section.getByRole('button', { name: 'Forget' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
    await section.getByText('0 machines').waitFor();
  });
});
