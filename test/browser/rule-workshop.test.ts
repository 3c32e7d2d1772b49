import type { IncidentSummary, RuleVersions } from '@vigie/contracts/api';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

/** The shipped rule that counts refused logins: eight within five minutes. */
const BRUTE_FORCE = '2ddf7112-2ee8-49e9-a57e-37dad4136da1';
const PAGE = `/rules/${BRUTE_FORCE}`;
const REFUSED = 'Failed password for dockmaster from 198.51.100.23 port 42000 ssh2';

let vigie: Vigie;
let token: string;
let watched: WatchedPage;
let page: Page;

/**
 * Sends refused logins from one address, to a server and an account that no other address tries: what has
 * neither in common becomes an incident of its own.
 */
async function refuse(address: string, times: number): Promise<void> {
  const own = address.split('.')[3];
  const start = Date.now() - 60_000;
  const lines = Array.from(
    { length: times },
    (_, n) =>
      `<86>1 ${new Date(start + n * 1000).toISOString()} pilot${own} sshd ${900 + n} - - Failed password for master${own} from ${address} port ${42_000 + n} ssh2`,
  );
  const sent = await fetch(`${vigie.run.url}/api/ingest/servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: lines.join('\n'),
  });
  expect(sent.status).toBe(200);
  await vigie.settled();
}

const incidents = async () =>
  (await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=harbour&status=all')).items;
const versions = () => vigie.api.get<RuleVersions>(`/api/rules/${BRUTE_FORCE}/versions`);

describe.runIf(CHROMIUM !== undefined)('the rule workshop in Chromium', () => {
  beforeAll(async () => {
    vigie = await Vigie.start();
    await vigie.addTenant('harbour', { name: 'Harbour Authority' });
    token = await vigie.addSource('harbour', 'servers', { name: 'Linux servers' });
    watched = await openPage(vigie.run.url);
    page = watched.page;
    await page.goto('/incidents');
    await page.getByLabel('E-mail').fill(ADMINISTRATOR.email);
    await page.getByLabel('Password').fill(ADMINISTRATOR.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
    // Nobody was signed in when the page asked.
    watched.complaints.splice(0);
  });
  afterAll(async () => {
    await watched?.close();
    await vigie?.remove();
  });
  afterEach(() => {
    expect(watched.complaints).toEqual([]);
  });

  const tab = (name: string) => page.getByRole('tab', { name, exact: true });
  const text = () => page.getByRole('textbox', { name: 'Text of the rule' });
  /** Finds a text in the editor that is shown, as a person does, and puts the cursor at the end of its line. */
  const lineEnd = async (content: string) => {
    await page.locator('.cm-content:visible').focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Control+f');
    const search = page.locator('.cm-search:visible input[name="search"]');
    await search.selectText();
    await search.pressSequentially(content);
    await search.press('Enter');
    await search.press('Escape');
    await page.locator('.cm-line:visible', { hasText: content }).first().waitFor();
    await page.keyboard.press('End');
  };
  /** Takes what completion proposes first. */
  const choose = async (proposed: string) => {
    await page.locator('.cm-tooltip-autocomplete li[aria-selected]', { hasText: proposed }).waitFor();
    // A list that has just opened takes no key yet, since the person may be typing on.
    await page.waitForTimeout(150);
    await page.keyboard.press('Enter');
  };
  const checked = () => page.getByRole('status').getByText('No problems').waitFor();
  /** Confirms the dialog that asks why. */
  const confirm = async (action: string) => {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: action, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  };

  test('a rule says what it looks for, and shows its source and its cases', async () => {
    const scripts: string[] = [];
    page.on('request', (request) => {
      if (request.resourceType() === 'script') scripts.push(new URL(request.url()).pathname);
    });
    await page.goto('/rules');
    await page.getByRole('searchbox', { name: 'Search in rules' }).fill('SSH brute force');
    await page.getByTestId('rule-row').getByRole('link', { name: 'SSH brute force' }).click();
    await page
      .getByTestId('rule-words')
      .getByText('8 or more events within 5 minutes, with the same source.ip and host.name.')
      .waitFor();
    await page.getByRole('link', { name: 'T1110.001' }).waitFor();
    await page.getByText('A vulnerability scan that was agreed on').waitFor();
    await screenshot(page, 'rule');

    await tab('Source').click();
    await page.getByTestId('rule-source').getByText('event_count').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByTestId('cases-passed').getByText('4 of 4 cases passed').waitFor();
    expect(new URL(page.url()).search).toBe('?tab=cases');
    // The editor is large; who only reads never loads it.
    expect(scripts.filter((path) => /\/code-[^/]*\.js$/.test(path))).toEqual([]);
  });

  test('an explanation of a pasted log, down to each value', async () => {
    await page.keyboard.press('4');
    await page
      .getByLabel('A raw log, a JSON record, or an ECS document')
      .fill(`<38>Mar  4 10:00:00 pilot01 sshd[100]: ${REFUSED}`);
    await page.getByRole('button', { name: 'Explain', exact: true }).click();
    const explanation = page.getByTestId('explanation');
    await explanation.getByRole('heading', { name: 'SSH password attempt failed matches' }).waitFor();
    await explanation.getByText('read as linux.sshd').waitFor();
    await explanation.locator('mark', { hasText: 'failure' }).waitFor();
    await screenshot(page, 'rule-explanation');
    await page
      .getByLabel('A raw log, a JSON record, or an ECS document')
      .fill(
        '<38>Mar  4 10:00:00 pilot01 sshd[100]: Accepted password for dockmaster from 198.51.100.23 port 42000 ssh2',
      );
    await page.getByRole('button', { name: 'Explain', exact: true }).click();
    await explanation.getByRole('heading', { name: 'does not match' }).waitFor();
  });

  test('a backtest on what is stored', async () => {
    await refuse('198.51.100.7', 9);
    expect(await incidents()).toHaveLength(1);
    await tab('Backtest').click();
    await page.getByRole('button', { name: 'Run' }).click();
    const result = page.getByTestId('backtest-result');
    await result.getByText('a correlation looks at events one after the other').waitFor();
    expect(await result.getByTestId('day-bars').locator('title', { hasText: ': 1 hit' }).count()).toBe(1);
    await result.getByText('pilot7', { exact: true }).waitFor();
    // From one of the events to its explanation.
    await result.getByTestId('sample').getByRole('link', { name: 'Explain' }).click();
    await page.getByTestId('explanation').getByText('stored event').waitFor();
    await tab('Hits').click();
    await page.getByTestId('rule-hits').getByRole('link', { name: /^INC-/ }).waitFor();
  });

  test('an edit: an error is seen and mended, a failing case is seen and mended, and it goes to test', async () => {
    await page.goto(PAGE);
    await page.getByTestId('rule-words').waitFor();
    await page.keyboard.press('e');
    await text().waitFor();
    await lineEnd('gte: 8');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('5');
    // What is misspelt is underlined, told, and mended at a press.
    await lineEnd('level: medium');
    await page.keyboard.type('\nrefernces: []');
    await page.keyboard.press('Escape');
    const issue = page.getByTestId('issue').filter({ hasText: 'refernces is no attribute; references?' });
    await issue.waitFor();
    await page.locator('.cm-lintRange-error', { hasText: 'refernces' }).waitFor();
    await screenshot(page, 'rule-editor');
    const promote = page.getByRole('button', { name: 'Save draft, put in test' });
    await page.getByText('Put in test: first mend the errors.').waitFor();
    expect(await promote.isDisabled()).toBe(true);
    await issue.getByRole('button', { name: 'Fix: rename to references' }).click();
    await checked();
    await page.locator('.cm-line:visible', { hasText: 'references: []' }).waitFor();

    // Seven refused logins are too many now: a case of the shipped rule says otherwise.
    const failing = page.getByTestId('case').filter({ hasText: 'fourteen failures' });
    await failing.getByText('fired, and should not').waitFor();
    await page.getByText('Put in test: first mend the cases.').waitFor();
    expect(await promote.isDisabled()).toBe(true);
    await failing.getByRole('button', { name: /^line \d+$/ }).click();
    await lineEnd('times: 7');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('4');
    await page.getByTestId('cases-passed').getByText('4 of 4 cases passed').waitFor();

    await page.getByLabel('Note').fill('The harbour locks accounts after six tries.');
    await promote.click();
    await page.getByRole('dialog').getByText('they raise no alert, no incident and no mail').waitFor();
    await confirm('Put in test');
    expect(await versions()).toMatchObject({
      versions: [{ number: 1, state: 'test', note: 'The harbour locks accounts after six tries.' }],
    });
  });

  test('in test it counts and alerts nobody; live it alerts', async () => {
    await refuse('198.51.100.23', 6);
    expect(await incidents()).toHaveLength(1);
    await until('the hit of the version in test', async () => (await versions()).trials[0]?.hits === 1);
    await page.goto(`${PAGE}?tab=versions`);
    const trial = page.getByTestId('trial');
    await trial.getByText('1 hit', { exact: true }).waitFor();
    await trial.getByText('198.51.100.23').waitFor();
    await screenshot(page, 'rule-versions');

    await page.getByTestId('version').getByRole('button', { name: 'Make live' }).click();
    await page.getByLabel('Why').fill('a week in test');
    await confirm('Make live');
    await page.getByTestId('version').getByText('live', { exact: true }).waitFor();
    await page.getByTestId('upstream').getByText('hidden by the live version').waitFor();
    await refuse('198.51.100.24', 6);
    await until('the incident of the live version', async () => (await incidents()).length === 2);
  });

  test('a second version, its difference from the first, and back', async () => {
    await page.goto(`${PAGE}/edit`);
    await text().waitFor();
    await lineEnd('gte: 5');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('6');
    await checked();
    await page.keyboard.press('Control+s');
    await page.getByText('Saved as version 2').waitFor();
    await page.getByRole('button', { name: 'Put in test' }).click();
    await confirm('Put in test');
    await page.getByRole('button', { name: 'Make live' }).click();
    await page.getByRole('dialog').getByText('in place of version 1').waitFor();
    await confirm('Make live');

    await page.goto(`${PAGE}?tab=versions`);
    const diff = page.getByTestId('diff');
    await diff.getByRole('row', { name: /−\s+gte: 5/ }).waitFor();
    await diff.getByRole('row', { name: /\+\s+gte: 6/ }).waitFor();
    const first = page.getByTestId('version').filter({ hasText: 'Version 1' });
    await first.getByRole('button', { name: 'Roll back to this' }).click();
    await confirm('Roll back to this');
    await first.getByText('live', { exact: true }).waitFor();
    expect((await versions()).versions.map(({ number, state }) => [number, state])).toEqual([
      [2, 'retired'],
      [1, 'live'],
    ]);
    await refuse('198.51.100.25', 5);
    await until('the incident of the version that is back', async () => (await incidents()).length === 3);

    await first.getByRole('button', { name: 'Take back' }).click();
    await confirm('Take back');
    await page.getByTestId('upstream').getByText('in force').waitFor();
    await page.getByText('Administrator rolled back to version 1').waitFor();
    await refuse('198.51.100.26', 7);
    expect(await incidents()).toHaveLength(3);
  });

  test('what somebody else saves meanwhile is shown, never overwritten', async () => {
    await page.goto(`${PAGE}/edit`);
    await text().waitFor();
    await lineEnd('level: medium');
    await page.keyboard.type(' # mine');
    const { revision } = await versions();
    await vigie.api.ok('POST', `/api/rules/${BRUTE_FORCE}/versions`, {
      text: (await versions()).upstream!.text.replace('timespan: 5m', 'timespan: 7m'),
      note: 'theirs',
      revision,
    });
    await page.keyboard.press('Control+s');
    const dialog = page.getByRole('dialog', { name: 'Somebody else has saved meanwhile' });
    await dialog.getByRole('row', { name: /\+\s+level: medium # mine/ }).waitFor();
    await dialog.getByRole('row', { name: /−\s+timespan: 7m/ }).waitFor();
    // The browser tells of the refusal, which was asked for.
    expect(watched.complaints.splice(0).every((complaint) => complaint.includes('409'))).toBe(true);
    await dialog.getByRole('button', { name: 'Save mine after it' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect((await versions()).versions.map(({ note }) => note)).toEqual(
      expect.arrayContaining(['', 'theirs']),
    );
  });

  test('a new rule, written with completion, and kept in the window until it is saved', async () => {
    await page.goto('/rules');
    await page.getByRole('heading', { level: 1, name: 'Rules' }).waitFor();
    await page.keyboard.press('n');
    await text().waitFor();
    await lineEnd('level: medium');
    for (let n = 0; n < 'medium'.length; n++) await page.keyboard.press('Backspace');
    await page.keyboard.type('h');
    await choose('high');
    await lineEnd('event.original|contains: change me');
    await page.keyboard.type('\nuser.name|');
    await page.locator('.cm-tooltip-autocomplete').getByText('starts', { exact: false }).waitFor();
    await screenshot(page, 'rule-completion');
    await page.keyboard.type('starts');
    await choose('startswith');
    await page.keyboard.type(': dock');
    await page.keyboard.press('Escape');
    await page.getByRole('status').getByText('No problems').waitFor();
    expect(await text().textContent()).toContain('user.name|startswith: dock');

    await page.waitForTimeout(500);
    await page.reload();
    await page.getByText('Text that was not saved was found').waitFor();
    expect(await text().textContent()).toContain('user.name|startswith: dock');
    await page.getByRole('button', { name: 'Save draft', exact: true }).click();
    await page.getByRole('heading', { name: 'Edit: What it finds' }).waitFor();
    const [, id = ''] = /\/rules\/([0-9a-f-]{36})\/edit$/.exec(page.url()) ?? [];
    await until('the draft', async () =>
      (await vigie.api.get<{ items: { id: string }[] }>('/api/rules?state=draft')).items.some(
        (rule) => rule.id === id,
      ),
    );
    await page.goto(`/rules/${id}`);
    await page.getByText('draft', { exact: true }).first().waitFor();
  });

  test('in dark, and on a phone, nothing scrolls sideways', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of [
      '/rules',
      PAGE,
      `${PAGE}?tab=source`,
      `${PAGE}?tab=cases`,
      `${PAGE}?tab=explain`,
      `${PAGE}?tab=backtest`,
      `${PAGE}?tab=hits`,
      `${PAGE}?tab=versions`,
      `${PAGE}/edit`,
      '/rules/new',
    ]) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect
        .poll(() => page.getByRole('status', { name: 'Loading' }).count(), { timeout: 20_000 })
        .toBe(0);
      const sideways = await page.evaluate(
        `[document.documentElement, document.getElementById('content')].some((each) => each.scrollWidth > each.clientWidth + 1)`,
      );
      expect(sideways, path).toBe(false);
      expect(await page.getByTestId('error').count(), path).toBe(0);
    }
  });
});
