import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { MailModels } from '../../server/respond/index.ts';
import { createMailRenderer } from '../../server/respond/index.ts';
import { axeFindings } from '../support/accessibility.ts';
import { CHROMIUM, sharedBrowser } from '../support/browser.ts';
import { png } from '../support/picture.ts';

/** Pictures for whoever changes the templates, when the environment names a folder. */
const PICTURES = process.env['VIGIE_MAIL_PICTURES'];
const LOGO = png(360, 80, [20, 110, 120]);

const common = {
  tenant: 'Port de Harbour',
  timeZone: 'Europe/Paris',
  link: 'https://vigie.example.org/incidents/42',
};
const MODELS: { readonly [K in 'incident' | 'request' | 'tell']: MailModels[K] } = {
  incident: {
    ...common,
    reason: 'new',
    number: 42,
    level: 'high',
    title: 'Password guessing against web01',
    firstAt: 1_780_000_000_000,
    lastAt: 1_780_000_600_000,
    entities: [{ type: 'host', value: `web01.${'very-long-name-'.repeat(6)}.example.org` }],
    techniques: [{ id: 'T1110', name: 'Brute Force' }],
    summary: 'Somebody tried many passwords, and one of them may have worked.',
    advice: ['Change the password.', 'Block the address.'],
    evidence: [
      { at: 1_780_000_000_000, title: 'Guesses', fields: [{ field: 'source.ip', value: '203.0.113.5' }] },
    ],
    evidenceTotal: 3,
  },
  request: {
    ...common,
    occasion: 'new',
    kind: 'decision',
    number: 42,
    title: 'Isolate web01',
    text: 'It goes on attacking others.',
    choices: ['Now', 'Tonight'],
    risk: 'high',
    dueAt: 1_780_090_000_000,
    recipient: 'Klara Blum',
  },
  tell: {
    ...common,
    number: 42,
    recipient: 'Klara Blum',
    subject: null,
    text: 'We have found ransomware on web01.\nBackups are disconnected.\n\nNext report in an hour.',
    passOn: 'Tell the police',
  },
};

describe.runIf(CHROMIUM !== undefined)('mails as they are read, with the provider’s logo and colour', () => {
  let browser: Browser;
  const renderer = createMailRenderer({
    directory: join(import.meta.dirname, '..', '..', 'templates', 'mail'),
    provider: {
      name: 'Harbour Watch',
      phone: '+33 1 99',
      colour: '#7a1f4d',
      logo: { width: 216, height: 48 },
    },
  });
  beforeAll(async () => {
    browser = await sharedBrowser();
  });

  test.each(
    (Object.keys(MODELS) as (keyof typeof MODELS)[]).flatMap((kind) =>
      (['light', 'dark'] as const).flatMap((colorScheme) =>
        [1000, 390].map((width) => ({ kind, colorScheme, width })),
      ),
    ),
  )('$kind, $colorScheme, $width pixels wide', async ({ kind, colorScheme, width }) => {
    const { html } = await renderer.render(kind, 'en', MODELS[kind] as never);
    expect(html).toContain('src="cid:vigie-logo"');
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    // As a mail program does: the reference becomes the part that the mail carries.
    await page.setContent(html.replace('cid:vigie-logo', `data:image/png;base64,${LOGO.toString('base64')}`));
    const logo = page.getByRole('img', { name: 'Harbour Watch' });
    expect(await logo.evaluate((image: unknown) => (image as { naturalWidth: number }).naturalWidth)).toBe(
      360,
    );
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    const button = page.locator('.button a').first();
    const colour = await button.evaluate(
      (link: unknown) =>
        (
          globalThis as unknown as { getComputedStyle: (of: unknown) => { backgroundColor: string } }
        ).getComputedStyle(link).backgroundColor,
    );
    expect(colour).toBe('rgb(122, 31, 77)');
    expect(await axeFindings(page, ['color-contrast', 'image-alt'])).toEqual([]);
    if (PICTURES !== undefined) {
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, `${kind}-${colorScheme}-${width}.png`), fullPage: true });
    }
    await context.close();
  });

  test('without pictures, the name of the provider stands there, dark on white in both schemes', async () => {
    const { html } = await renderer.render('tell', 'en', MODELS.tell);
    const context = await browser.newContext({ viewport: { width: 390, height: 600 }, colorScheme: 'dark' });
    const page = await context.newPage();
    await page.setContent(html);
    const logo = page.getByRole('img', { name: 'Harbour Watch' });
    const style = await logo.evaluate((image: unknown) => {
      const { getComputedStyle } = globalThis as unknown as {
        getComputedStyle: (of: unknown) => { color: string; backgroundColor: string };
      };
      const { color, backgroundColor } = getComputedStyle(image);
      return [color, backgroundColor];
    });
    expect(style).toEqual(['rgb(31, 41, 51)', 'rgb(255, 255, 255)']);
    await context.close();
  });
});
