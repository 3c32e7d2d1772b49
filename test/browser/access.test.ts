import { PERMISSION_TABLE, PERMISSIONS, ROLES, type Role } from '@vigie/contracts/api';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

const PASSWORD = 'seven ropes on a quay';
const NOA = 'noa@harbour.example.org';

let vigie: Vigie;
let watched: WatchedPage;
let page: Page;

describe.runIf(CHROMIUM !== undefined)('users, roles, sessions and keys in Chromium', () => {
  beforeAll(async () => {
    vigie = await Vigie.start();
    await vigie.addTenant('harbour', { name: 'Harbour Authority' });
    watched = await openPage(vigie.run.url);
    page = watched.page;
    await signIn(page, ADMINISTRATOR.email, ADMINISTRATOR.password);
    // A page that asks who is signed in is told that nobody is; the browser complains of that by itself.
    watched.complaints.splice(0);
  });
  afterAll(async () => {
    await watched?.close();
    await vigie?.remove();
  });
  afterEach(() => {
    expect(watched.complaints).toEqual([]);
  });

  async function signIn(at: Page, email: string, password: string): Promise<void> {
    await at.goto('/incidents');
    await at.getByLabel('E-mail').fill(email);
    await at.getByLabel('Password').fill(password);
    await at.getByRole('button', { name: 'Sign in' }).click();
    await at.getByRole('heading', { name: 'Incidents' }).waitFor();
  }

  test('the table of roles says what the server decides by, on a phone and in the dark too', async () => {
    await page.goto('/access');
    await page.getByRole('link', { name: 'Roles and permissions' }).click();
    const table = page.getByTestId('permission-table');
    await table.waitFor();
    const rows = await table.locator('tbody tr').all();
    expect(rows).toHaveLength(PERMISSIONS.length);
    for (const [n, permission] of PERMISSIONS.entries()) {
      const cells = await rows[n]!.locator('td').allInnerTexts();
      const roles = PERMISSION_TABLE[permission].roles as readonly Role[];
      expect(await rows[n]!.innerText()).toContain(PERMISSION_TABLE[permission].meaning);
      expect(cells.map((text) => text.includes('yes'))).toEqual(ROLES.map((role) => roles.includes(role)));
    }
    await screenshot(page, 'roles');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 800 });
    await page.reload();
    await table.waitFor();
    expect(await table.locator('thead th').allInnerTexts()).toEqual(['Permission', 'Provider administrator']);
    const overflow = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    expect(overflow).toBe(0);
    await screenshot(page, 'roles-phone-dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  test('a role of a client asks for its tenants; what was added can be changed, and holds at once', async () => {
    await page.goto('/access');
    await page.getByRole('button', { name: 'Add user' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add user' });
    await dialog.getByLabel('Name').fill('Noa Peeters');
    await dialog.getByLabel('E-mail').fill(NOA);
    const create = dialog.getByRole('button', { name: 'Create user' });
    await dialog.getByLabel('Role').selectOption('client-administrator');
    expect(await create.isDisabled()).toBe(true);
    await dialog.getByLabel('Harbour Authority').check();
    await create.click();
    await dialog.getByTestId('secret').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();

    await vigie.api.ok('DELETE', `/api/users/${NOA}`);
    await vigie.api.ok('POST', '/api/users', {
      email: NOA,
      name: 'Noa Peeters',
      role: 'client-administrator',
      tenants: ['harbour'],
      password: PASSWORD,
    });
    const other = await openPage(vigie.run.url);
    try {
      await signIn(other.page, NOA, PASSWORD);
      const rail = other.page.getByRole('navigation', { name: 'Pages' }).first();
      await rail.getByRole('link', { name: 'Users & keys' }).click();
      const rows = other.page.getByTestId('user-row');
      await rows.first().waitFor();
      expect(await rows.count()).toBe(1);
      await other.page.getByRole('button', { name: 'Add user' }).click();
      expect(await other.page.getByLabel('Role').locator('option').allInnerTexts()).toEqual([
        'Client administrator',
        'Client responder',
        'Client reader',
      ]);
      await other.page.keyboard.press('Escape');

      await page.reload();
      await page.getByRole('button', { name: 'Edit Noa Peeters' }).click();
      const edit = page.getByRole('dialog', { name: 'Edit Noa Peeters' });
      await edit.getByTestId('session-row').getByText('Chrome on Linux').waitFor();
      await screenshot(page, 'user');
      await edit.getByLabel('Role').selectOption('client-reader');
      await edit.getByRole('button', { name: 'Save' }).click();
      await page.getByTestId('user-row').filter({ hasText: 'Client reader' }).waitFor();
      // Her open console hears of it and drops what is no longer hers.
      await rail.getByRole('link', { name: 'Users & keys' }).waitFor({ state: 'hidden' });

      await page.getByRole('button', { name: 'Edit Noa Peeters' }).click();
      await edit.getByRole('button', { name: /^End the session with Chrome on Linux/ }).click();
      await edit.getByText('Not signed in anywhere.').waitFor();
      await edit.getByRole('button', { name: 'Close' }).click();
      await other.page.getByRole('heading', { name: 'Sign in' }).waitFor();
    } finally {
      await other.close();
    }
  });

  test('a key of a service account with few permissions, and one’s own sessions', async () => {
    await page.goto('/access');
    await page.getByRole('button', { name: 'Add service account' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Reporting');
    await page.getByRole('dialog').getByLabel('Role').selectOption('auditor');
    await page.getByRole('button', { name: 'Create service account' }).click();
    await page.getByTestId('service-row').getByText('Reporting').waitFor();
    await page.getByRole('button', { name: 'Add key' }).click();
    const dialog = page.getByRole('dialog', { name: 'Add key' });
    await dialog.getByLabel('Name').fill('Nightly');
    await dialog.getByLabel('Permissions').selectOption('some');
    await dialog.getByLabel('Sees incidents, their alerts').check();
    await screenshot(page, 'key');
    await dialog.getByRole('button', { name: 'Create key' }).click();
    const secret = await dialog.getByTestId('secret').innerText();
    await dialog.getByRole('button', { name: 'Done' }).click();
    const status = async (path: string) =>
      (await fetch(vigie.run.url + path, { headers: { authorization: `Bearer ${secret}` } })).status;
    expect(await status('/api/incidents')).toBe(200);
    expect(await status('/api/sources')).toBe(403);
    await page.getByTestId('key-row').getByText('1 permission').waitFor();
    await screenshot(page, 'access');
    await page.getByRole('button', { name: 'Revoke the key Nightly' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByText('No key yet').waitFor();
    expect(await status('/api/incidents')).toBe(401);

    await page.getByRole('button', { name: /^Account/ }).click();
    await page.getByRole('link', { name: 'Sessions and keys' }).click();
    const row = page.getByTestId('session-row');
    await row.getByText('(this one)').waitFor();
    expect(await row.count()).toBe(1);
    expect(await row.getByRole('button').count()).toBe(0);
    await page.getByRole('button', { name: 'Add key' }).click();
    await page.getByLabel('Name').waitFor();
    await page.keyboard.press('Escape');
    await screenshot(page, 'sessions');
  });
});
