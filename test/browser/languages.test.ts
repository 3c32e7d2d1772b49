import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { IncidentView } from '@vigie/contracts/api';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openPage, type WatchedPage } from '../support/browser.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

const CONSOLE = join(import.meta.dirname, '..', '..', 'console', 'src');

let vigie: Vigie;
let watched: WatchedPage;
let page: Page;
let incident: number;

/** Every text of a language's catalogues that stands by itself: what takes values is a function, and left out. */
async function texts(language: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const gather = (value: unknown) => {
    if (typeof value === 'string') found.add(value.trim());
    else if (typeof value === 'object' && value !== null)
      for (const each of Object.values(value)) gather(each);
  };
  const folders = readdirSync(CONSOLE, { recursive: true, encoding: 'utf8' })
    .filter((file) => basename(file) === `${language}.ts`)
    .map((file) => dirname(file));
  for (const folder of folders) {
    const module = (await import(join(CONSOLE, folder, `${language}.ts`))) as Record<string, unknown>;
    gather(module[language]);
  }
  return found;
}

/** What a page says: its texts, and what it says to a screen reader, in a hover or in an empty field. */
const SAID = `(() => {
  const all = [document.title.replace(/ · Vigie$/, '')];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
    if (node.parentElement.closest('script, style, noscript') === null) all.push(node.textContent);
  for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]'))
    for (const name of ['aria-label', 'title', 'placeholder']) all.push(element.getAttribute(name) ?? '');
  return all.map((text) => text.trim()).filter((text) => text !== '');
})()`;

async function open(path: string): Promise<void> {
  await page.goto(path);
  await page.getByRole('main').waitFor();
  await page.locator('main :is(h1, h2)').first().waitFor();
  await page.locator('main .skeleton').first().waitFor({ state: 'detached' });
}

const PATHS = () => [
  '/incidents',
  `/incidents/${incident}`,
  '/events',
  '/sources',
  '/sources/harbour/servers',
  '/mappings',
  '/mappings/new',
  '/coverage?tenant=harbour',
  '/rules',
  '/rules/new',
  '/exceptions',
  '/outbox',
  '/tenants',
  '/tenants/harbour',
  '/status',
  '/audit',
  '/clocks',
  '/alerts',
  '/quality',
  '/procedures',
  '/rotas',
  '/branding',
  '/single-sign-on',
  '/access/roles',
  '/access',
  '/sessions',
  '/security',
];

describe.runIf(CHROMIUM !== undefined)('the console in other languages', () => {
  beforeAll(async () => {
    vigie = await Vigie.start();
    await vigie.addTenant('harbour', { name: 'Harbour Authority' });
    const token = await vigie.addSource('harbour', 'servers', { name: 'Linux servers' });
    const start = Date.now() - 600_000;
    const lines = Array.from({ length: 21 }, (_, n) => {
      const at = new Date(start + n * 4000).toISOString();
      return n < 20
        ? `<86>1 ${at} pilot01 sshd ${900 + n} - - Failed password for dockmaster from 198.51.100.23 port ${42_000 + n} ssh2`
        : `<86>1 ${at} pilot01 sshd 950 - - Accepted password for dockmaster from 198.51.100.23 port 43000 ssh2`;
    });
    await fetch(`${vigie.run.url}/api/ingest/servers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: lines.join('\n'),
    });
    await vigie.settled();
    const queue = await vigie.api.ok<{ items: { id: number }[] }>('GET', '/api/incidents');
    incident = queue.items[0]!.id;
    watched = await openPage(vigie.run.url);
    page = watched.page;
  });
  afterAll(async () => {
    await watched?.close();
    await vigie?.remove();
  });
  afterEach(() => {
    expect(watched.complaints.splice(0).filter((text) => !/status of 401/.test(text))).toEqual([]);
  });

  test('the language is chosen before signing in, and kept', async () => {
    await page.goto('/');
    await page.getByLabel('Language').selectOption({ label: 'Français' });
    await page.getByRole('button', { name: 'Se connecter', exact: true }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('fr');
    await page.getByLabel('Adresse e-mail').fill(ADMINISTRATOR.email);
    await page.getByLabel('Mot de passe').fill(ADMINISTRATOR.password);
    await page.getByRole('button', { name: 'Se connecter', exact: true }).click();
    await page.getByRole('navigation').first().getByRole('link', { name: 'Événements' }).waitFor();
  });

  test('no page says in English what it can say in French', async () => {
    const french = await texts('fr');
    const english = [...(await texts('en'))].filter((text) => text.length > 2 && !french.has(text));
    expect(english.length).toBeGreaterThan(800);
    const wrong = new Set(english);
    wrong.delete('Command line'); // Also the name under which a key of the installation acts: data, not text.
    const left: string[] = [];
    for (const path of PATHS()) {
      await open(path);
      for (const text of await page.evaluate<string[]>(SAID))
        if (wrong.has(text)) left.push(`${path}: ${text}`);
    }
    expect(left).toEqual([]);
  });

  test('the story of an incident comes in the reader’s language', async () => {
    const told = async (language: string) => {
      const answer = await fetch(`${vigie.run.url}/api/incidents/${incident}`, {
        headers: { authorization: `Bearer ${vigie.run.key}`, 'accept-language': language },
      });
      return (await answer.json()) as IncidentView;
    };
    const french = await told('fr-BE, en;q=0.5');
    expect(french.summary).not.toBe((await told('sv')).summary);
    await open(`/incidents/${incident}`);
    await page.getByText(french.advice[0]!).first().waitFor();
    await page.getByRole('heading', { name: french.title, level: 1 }).waitFor();
  });

  test('German, with its long words, fits a phone', async () => {
    await page.getByRole('button', { name: 'Compte' }).click();
    await page.getByLabel('Langue').selectOption({ label: 'Deutsch' });
    await page.getByRole('heading', { name: 'Was jetzt zu tun ist' }).waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    const wide: string[] = [];
    for (const path of PATHS()) {
      await open(path);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      if (width > 390) wide.push(`${path}: ${width}`);
    }
    expect(wide).toEqual([]);
  });
});
