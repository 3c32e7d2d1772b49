import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Chromium of this machine: named by the environment, or under one of its usual names; its absence is printed. */
export const CHROMIUM = find([
  process.env['VIGIE_CHROMIUM'],
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  'chromium-browser',
  'google-chrome',
]);

function find(names: readonly (string | undefined)[]): string | undefined {
  for (const name of names) {
    if (name === undefined || name === '') continue;
    try {
      return execFileSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim();
    } catch {
      // Not under this name; the end of the list is reported below.
    }
  }
  process.stderr.write(
    'skipped: Chromium is not installed (Debian: apt-get install chromium), or name it in VIGIE_CHROMIUM\n',
  );
  return undefined;
}

/** A page that remembers everything that a browser complains of. */
export interface WatchedPage {
  /** Further people of the same test get contexts of it. */
  readonly browser: Browser;
  readonly page: Page;
  /** Errors of scripts, errors on the browser's console, violations of the content security policy. */
  readonly complaints: string[];
  /** Closes the page and every context that was opened after it. */
  close(): Promise<void>;
}

let running: Promise<Browser> | undefined;

/**
 * The Chromium of this process, which all its tests share: starting one takes a second, a profile of one's own (a
 * context) next to nothing. It ends with the process.
 */
export function sharedBrowser(): Promise<Browser> {
  running ??= launch();
  return running;
}

async function launch(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  browser.on('disconnected', () => {
    running = undefined;
  });
  return browser;
}

/** Opens a page of a console's size, in a context of its own. */
export async function openPage(baseURL: string): Promise<WatchedPage> {
  const browser = await sharedBrowser();
  const before = new Set(browser.contexts());
  const context = await browser.newContext({
    baseURL,
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    locale: 'en-GB',
    timezoneId: 'Europe/Brussels',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  await page.exposeFunction('reportViolation', (text: string) => complaints.push(`policy: ${text}`));
  await page.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
    reportViolation(event.violatedDirective + ' ' + event.blockedURI));`);
  const close = async () => {
    for (const opened of browser.contexts()) if (!before.has(opened)) await opened.close();
  };
  return { browser, page, complaints, close };
}

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'screenshots');

/** Whether the environment asks for pictures for the documentation. */
export const TAKES_SCREENSHOTS = process.env['VIGIE_SCREENSHOTS'] === '1';
/** Largest picture, bytes: they are kept with the sources. */
const MOST = 200_000;

/**
 * Keeps what the page looks like, for the documentation, when the environment asks for it.
 *
 * @throws {RangeError} when the picture is too large to be kept
 */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (!TAKES_SCREENSHOTS) return;
  const picture = await page.screenshot({ animations: 'disabled' });
  if (picture.length > MOST) throw new RangeError(`${name}.png has ${picture.length} bytes`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.png`), picture);
}
