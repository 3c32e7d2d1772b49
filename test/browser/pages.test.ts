import type {
  CoverageOverview,
  CoverageView,
  IncidentSummary,
  RequestView,
  Role,
} from '@vigie/contracts/api';
import type { BrowserContext, Page, Request } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { axeFindings, lostFocus, unreachable } from '../support/accessibility.ts';
import { account, type SignedIn } from '../support/account.ts';
import { CHROMIUM, openPage, screenshot, TAKES_SCREENSHOTS, type WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

/** Pages by the name of their picture. */
const PAGES: Readonly<Record<string, string>> = {
  home: '/',
  incidents: '/incidents',
  'loose-alerts': '/alerts',
  clocks: '/clocks',
  assets: '/assets',
  events: '/events',
  sources: '/sources',
  mappings: '/mappings',
  'mapping-editor': '/mappings/new',
  coverage: '/coverage',
  rules: '/rules',
  'rule-editor': '/rules/new',
  quality: '/quality',
  procedures: '/procedures',
  'procedure-editor': '/procedures/new',
  exceptions: '/exceptions',
  rotas: '/rotas',
  campaigns: '/campaigns',
  outbox: '/outbox',
  tenants: '/tenants',
  tenant: '/tenants/hospital',
  access: '/access',
  roles: '/access/roles',
  'single-sign-on': '/single-sign-on',
  branding: '/branding',
  webhooks: '/webhooks',
  audit: '/audit',
  status: '/status',
  'own-sessions': '/sessions',
  security: '/security',
};
const PASSWORDS = { [ADMINISTRATOR.email]: ADMINISTRATOR.password } as Record<string, string>;

let vigie: Vigie;
let watched: WatchedPage;
let page: Page;
let pages: Record<string, string>;
let incident: IncidentSummary;
const people = new Map<Role, SignedIn>();
const contexts: BrowserContext[] = [];

/** Opens a page and waits until all of it is there. */
async function open(at: Page, path: string): Promise<void> {
  await at.goto(path);
  await settled(at, path);
}

async function settled(at: Page, path: string): Promise<void> {
  await at.locator('main').getByRole('heading').first().waitFor();
  await expect
    .poll(() => at.getByRole('status', { name: /Loading|Chargement/ }).count(), { timeout: 20_000 })
    .toBe(0);
  expect(await at.getByTestId('error').count(), path).toBe(0);
}

async function signIn(at: Page, email: string): Promise<void> {
  await at.goto('/');
  await at.getByLabel('E-mail').fill(email);
  await at.getByLabel('Password').fill(PASSWORDS[email]!);
  await at.getByRole('button', { name: 'Sign in' }).click();
  await at.getByTestId('home').waitFor();
}

async function another(email: string): Promise<Page> {
  const context = await watched.browser.newContext({
    baseURL: vigie.run.url,
    locale: 'en-GB',
    viewport: { width: 1280, height: 900 },
  });
  contexts.push(context);
  const made = await context.newPage();
  made.setDefaultTimeout(15_000);
  await signIn(made, email);
  return made;
}

describe.runIf(CHROMIUM !== undefined)('every page in Chromium', () => {
  beforeAll(async () => {
    vigie = await Vigie.start();
    await vigie.api.ok('POST', '/api/demo', {});
    await vigie.addTenant('hospital', {
      name: 'Elm Hill Hospital',
      contacts: [{ name: 'Ada Moss', email: 'ada@hospital.example', phone: '+44 20 7946 0000', order: 1 }],
    });
    await vigie.addTenant('harbour', { name: 'Harbour' });
    const token = await vigie.addSource('hospital', 'servers');
    await fetch(`${vigie.run.url}/api/ingest/servers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: Array.from(
        { length: 12 },
        (_, n) =>
          `<38>1 ${new Date(Date.now() - 60_000 + n * 1000).toISOString()} web01 sshd 9 - - Failed password for invalid user admin from 203.0.113.77 port ${40_000 + n} ssh2`,
      ).join('\n'),
    });
    const list = async (tenant: string) =>
      (await vigie.api.get<{ items: IncidentSummary[] }>(`/api/incidents?tenant=${tenant}&status=all`)).items;
    incident = await until('the hospital’s incident', async () => (await list('hospital'))[0], 30_000);
    await until('the demo', async () => (await list('demo')).length > 2, 60_000);
    for (const [role, tenants] of [
      ['analyst', null],
      ['soc-manager', null],
      ['detection-engineer', null],
      ['auditor', null],
      ['client-responder', ['hospital']],
      ['client-reader', ['hospital']],
    ] as const) {
      const person = await account(vigie, {
        name: `Person ${role}`,
        email: `${role}@example.org`,
        role,
        tenants,
      });
      people.set(role, person);
      PASSWORDS[person.email] = person.password;
    }
    await vigie.api.ok('POST', `/api/incidents/${incident.id}/questions`, {
      text: 'Was the sign-in to web01 yours?',
      recipients: [{ name: 'Ada Moss', email: 'ada@hospital.example' }],
      dueAt: Date.now() + 86_400_000,
    });
    const rules = await vigie.api.get<{ items: { id: string }[] }>('/api/rules?limit=1');
    pages = {
      ...PAGES,
      incident: `/incidents/${incident.id}`,
      source: '/sources/hospital/servers',
      rule: `/rules/${rules.items[0]!.id}`,
      procedure: '/procedures/shipped/phishing',
    };
    const procedures = await vigie.api.get<{ items: { id: string }[] }>('/api/procedures');
    pages['procedure'] = `/procedures/shipped/${procedures.items[0]!.id}`;
    watched = await openPage(vigie.run.url);
    page = watched.page;
    await signIn(page, ADMINISTRATOR.email);
    watched.complaints.splice(0);
  });
  afterAll(async () => {
    for (const context of contexts) await context.close();
    await watched?.close();
    await vigie?.remove();
  });

  test.each([0, 1, 2, 3])(
    'WCAG 2.2 AA: names, labels, order of headings, landmarks, size of targets, contrast in both schemes (%i of 4)',
    async (part) => {
      const found: string[] = [];
      await page.emulateMedia({ reducedMotion: 'reduce' });
      for (const [name, path] of Object.entries(pages).filter((_, index) => index % 4 === part)) {
        const note = (what: readonly string[]) => found.push(...what.map((each) => `${name}: ${each}`));
        await page.emulateMedia({ colorScheme: 'light' });
        await open(page, path);
        note(await axeFindings(page));
        note(await unreachable(page));
        note(await lostFocus(page, 10));
        await page.emulateMedia({ colorScheme: 'dark' });
        note((await axeFindings(page, ['color-contrast'])).map((each) => `dark ${each}`));
      }
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
      expect([...new Set(found)].join('\n')).toBe('');
    },
  );

  test('coverage of all clients is a table with the figures of each, and leads to each', async () => {
    await open(page, '/coverage');
    const rows = page.getByTestId('coverage-tenant');
    const row = rows.filter({ hasText: 'Elm Hill Hospital' });
    const own = await vigie.api.get<CoverageView>('/api/coverage?tenant=hospital');
    const all = await vigie.api.get<CoverageOverview>('/api/coverage/tenants');
    expect(all.items.find(({ tenant }) => tenant === 'hospital')).toEqual({
      tenant: 'hospital',
      technologies: own.technologies.length,
      fed: own.rules.fed,
      degraded: own.rules.degraded,
      techniques: { covered: own.techniques.covered, degraded: own.techniques.degraded },
      missing: {
        name: own.missing[0]!.name,
        rules: own.missing[0]!.addsRules,
        techniques: own.missing[0]!.addsTechniques.length,
      },
    });
    expect(own.rules.fed).toBeGreaterThan(0);
    await row.getByText(own.missing[0]!.name, { exact: false }).waitFor();
    await row.getByRole('link').click();
    await page.getByRole('heading', { name: 'What it sends' }).waitFor();
    expect(new URL(page.url()).searchParams.get('tenant')).toBe('hospital');
  });

  test('the first Tab offers to skip to the content, in sight', async () => {
    await open(page, '/incidents');
    await page.keyboard.press('Tab');
    const box = await page.getByRole('link', { name: 'Skip to content' }).boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(0);
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
  });

  test('nothing moves for who asked for no motion', async () => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await open(page, '/incidents');
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    const moving = await page.evaluate<number>(
      'document.getAnimations().filter((each) => Number(each.effect?.getComputedTiming().duration ?? 0) > 1).length',
    );
    expect(moving).toBe(0);
    await page.keyboard.press('Escape');
    await page.emulateMedia({ reducedMotion: null });
  });

  test('a dialog keeps the keyboard and gives it back', async () => {
    await open(page, '/incidents');
    const finder = page.getByRole('button', { name: /Go to/ });
    for (const [key, ready] of [
      ['Control+k', page.getByRole('dialog').getByRole('combobox')],
      ['?', page.getByRole('heading', { name: 'Keyboard shortcuts' })],
    ] as const) {
      await finder.focus();
      await page.keyboard.press(key);
      await ready.waitFor();
      expect(await axeFindings(page)).toEqual([]);
      for (let step = 0; step < 8; step++) {
        await page.keyboard.press('Tab');
        // The browser's own controls may come between; another part of the page may not.
        expect(await page.evaluate(`document.activeElement?.matches('body, dialog, dialog *') ?? true`)).toBe(
          true,
        );
      }
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await page.evaluate('document.activeElement?.textContent')).toContain('Go to');
    }
  });

  test('every role begins on what it has to do', async () => {
    const begins: Partial<Record<Role, readonly [string, string]>> = {
      analyst: ['Your shift', 'Nobody’s yet, most urgent first'],
      'soc-manager': ['The watch', 'Who has how much'],
      'detection-engineer': ['Detection', 'Loudest today'],
      auditor: ['The record', 'Is the audit log whole?'],
    };
    for (const [role, [title, card]] of Object.entries(begins) as [Role, readonly [string, string]][]) {
      const theirs = await another(people.get(role)!.email);
      await settled(theirs, role);
      await theirs.getByRole('heading', { level: 1, name: title }).waitFor();
      await theirs.getByRole('heading', { level: 2, name: card }).waitFor();
      expect(await axeFindings(theirs)).toEqual([]);
      if (role === 'analyst')
        await theirs
          .getByRole('region', { name: card })
          .getByRole('link', { name: /^INC-\d/ })
          .first()
          .waitFor();
      await screenshot(theirs, `home-${role}`);
    }
  });

  test('a client sees whether all is well and what waits for them, and nothing of others', async () => {
    const theirs = await another(people.get('client-responder')!.email);
    await settled(theirs, 'portal');
    await theirs.getByRole('heading', { level: 1, name: 'Your security' }).waitFor();
    const needs = theirs.getByRole('region', { name: 'What needs you' });
    await needs.getByRole('link', { name: 'Was the sign-in to web01 yours?' }).waitFor();
    expect(await theirs.getByTestId('wellness').innerText()).toMatch(/needs|something|serious/);
    await theirs.getByRole('region', { name: 'Whom we tell' }).getByText('Ada Moss').waitFor();
    expect(await theirs.locator('main').innerText()).not.toContain('Harbour');
    expect(await axeFindings(theirs)).toEqual([]);
    await screenshot(theirs, 'portal');

    // It is the client's own: its name instead of a choice of tenants, pages in plain words and explained.
    expect(await theirs.getByTestId('own-tenant').innerText()).toBe('Elm Hill Hospital');
    expect(await theirs.getByTestId('tenant-switcher').count()).toBe(0);
    const rail = theirs.getByRole('navigation', { name: 'Pages' }).first();
    expect(await rail.innerText()).not.toMatch(/Loose alerts|Outbox|Tenants|Quality/);
    await rail.getByRole('link', { name: 'Mails to you' }).click();
    await theirs.getByRole('heading', { level: 1, name: 'Mails to you' }).waitFor();
    await theirs.getByTestId('about').getByText('whether it has arrived').waitFor();
    await rail.getByRole('link', { name: 'Contacts & contract' }).click();
    await theirs.waitForURL('**/tenants/hospital');
    // Whatever address somebody sends them, and without the tenant's name in every row.
    await open(theirs, '/incidents?tenant=demo');
    await theirs.getByTestId('incident-row').first().waitFor();
    expect(await theirs.getByRole('columnheader').allInnerTexts()).not.toContain('Client');
    expect(await theirs.getByTestId('incident-row').first().innerText()).toContain('web01');
    await open(theirs, '/');
    await theirs.setViewportSize({ width: 390, height: 844 });
    expect(await theirs.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await screenshot(theirs, 'portal-phone');

    const { api } = people.get('client-responder')!;
    expect((await api.call('GET', '/api/home/waiting?tenant=demo')).status).toBe(404);
    expect((await api.call('GET', '/api/home/load')).status).toBe(403);
    const reader = await people
      .get('client-reader')!
      .api.get<{ requests: Pick<RequestView, 'mayAnswer'>[]; steps: unknown[] }>('/api/home/waiting');
    expect(reader.requests.map(({ mayAnswer }) => mayAnswer)).toEqual([false]);
    expect(reader.steps).toEqual([]);
  });

  test('from a mail at three in the morning: who, what, what to do, take it, call, on a phone', async () => {
    const theirs = await another(people.get('analyst')!.email);
    await theirs.setViewportSize({ width: 390, height: 844 });
    await open(theirs, `/incidents/${incident.id}`);
    expect(await theirs.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
    await screenshot(theirs, 'incident-at-night');
    await theirs
      .getByRole('link', { name: /\+44 20 7946 0000/ })
      .first()
      .waitFor();
    expect(
      await theirs
        .getByRole('link', { name: /\+44 20 7946 0000/ })
        .first()
        .getAttribute('href'),
    ).toBe('tel:+442079460000');
    await theirs.getByTestId('take').click();
    await until(
      'the incident to be theirs',
      async () =>
        (await vigie.api.get<IncidentSummary>(`/api/incidents/${incident.id}`)).owner?.name ===
        'Person analyst',
    );
  });

  test('what a page tells of is asked for at once, and only once', async () => {
    const theirs = await another(people.get('analyst')!.email);
    for (const [path, there, data] of [
      ['/incidents', 'incident-row', '/api/incidents?status=open&sort=urgency&limit=100'],
      [`/incidents/${incident.id}`, 'incident-summary', `/api/incidents/${incident.id}`],
    ] as const) {
      const asked: string[] = [];
      const note = (request: Request) => {
        // What the page before was still fetching is not this one's.
        if (request.isNavigationRequest()) asked.length = 0;
        asked.push(request.url().slice(vigie.run.url.length));
      };
      theirs.on('request', note);
      await theirs.goto(path);
      await theirs.getByTestId(there).first().waitFor();
      theirs.off('request', note);
      // Files are left out: the browser asks its own store for one that two scripts name at the same moment.
      const loaded = asked.filter((each) => each === '/api/session' || each === data);
      expect(loaded.sort()).toEqual([data, '/api/session'].sort());
      // The page takes what the first script of the document has asked for.
      expect(await theirs.evaluate(`vigieEarly.size`)).toBe(0);
    }
  });

  test('the palette finds things and does things, by keyboard', async () => {
    const theirs = await another(people.get('detection-engineer')!.email);
    const find = async (text: string, option: string | RegExp) => {
      await theirs.keyboard.press('Control+k');
      await theirs.getByRole('dialog').getByRole('combobox').fill(text);
      await theirs.getByRole('dialog').getByRole('option', { name: option }).first().waitFor();
    };
    await find('elm hill', /Elm Hill Hospital/);
    await theirs.keyboard.press('Escape');
    await find('password', /./);
    await theirs.getByRole('dialog').getByText('Rules', { exact: true }).waitFor();
    await theirs.keyboard.press('Escape');
    await find('new exception', 'New exception');
    await theirs.keyboard.press('Escape');
    await find(`take inc-${incident.id}`, `Take INC-${incident.id}`);
    await theirs.keyboard.press('Enter');
    await until(
      'the incident to change hands',
      async () =>
        (await vigie.api.get<IncidentSummary>(`/api/incidents/${incident.id}`)).owner?.name ===
        'Person detection-engineer',
    );
  });

  test('no page complained', () => {
    expect(watched.complaints).toEqual([]);
  });

  test.runIf(TAKES_SCREENSHOTS)(
    'a picture of every page: light, dark, phone, French',
    async () => {
      for (const [kind, prepare] of [
        ['', async () => page.setViewportSize({ width: 1120, height: 680 })],
        ['-dark', async () => page.emulateMedia({ colorScheme: 'dark' })],
        [
          '-phone',
          async () => {
            await page.emulateMedia({ colorScheme: 'light' });
            await page.setViewportSize({ width: 390, height: 844 });
          },
        ],
        [
          '-fr',
          async () => {
            await page.setViewportSize({ width: 1120, height: 680 });
            await page.evaluate(`localStorage.setItem('vigie.language', 'fr')`);
          },
        ],
      ] as const) {
        await prepare();
        for (const [name, path] of Object.entries(pages)) {
          await open(page, path);
          // What is said of machines comes after the rows that name them.
          await page.waitForTimeout(1000);
          await screenshot(page, `${name}${kind}`);
        }
      }
      await page.evaluate(`localStorage.removeItem('vigie.language')`);
    },
    600_000,
  );
});
