// Walks the console in a real browser against the stand-in and writes a picture of every page:
//   node dev/look.mjs --out /tmp/look [--scheme dark] [--phone] [--only incidents,events]
// Fails when a page logs an error, breaks the content security policy, or scrolls sideways.
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? process.argv[at + 1] : otherwise;
};
const out = option('out', '/tmp/look');
const scheme = option('scheme', 'light');
const phone = process.argv.includes('--phone');
const only = option('only', '')?.split(',').filter(Boolean);
const base = option('base', 'http://127.0.0.1:8090');
mkdirSync(out, { recursive: true });

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
});
const context = await browser.newContext({
  viewport: phone ? { width: 390, height: 844 } : { width: 1440, height: 900 },
  colorScheme: scheme,
  hasTouch: phone,
  isMobile: phone,
  timezoneId: 'Europe/Brussels',
});
const page = await context.newPage();
const problems = [];
page.on('console', (message) => {
  // The session is asked for before anybody is signed in: that 401 is no fault.
  // The sample mail tries to run and to load; that the browser stops it is what is wanted.
  if (message.type() === 'error' && !/40[019]|about:srcdoc|192\.0\.2\.1/.test(message.text()))
    problems.push(`${page.url()}: ${message.text()}`);
});
page.on('pageerror', (error) => problems.push(`${page.url()}: ${error.stack}`));
const name = (text) => `${out}/${phone ? 'phone' : 'wide'}-${scheme}-${text}.png`;
async function shot(text) {
  await page.waitForTimeout(350);
  const sideways = await page.evaluate(() =>
    [document.documentElement, document.getElementById('content')].some(
      (each) => each !== null && each.scrollWidth > each.clientWidth + 1,
    ),
  );
  if (sideways) problems.push(`${text}: scrolls sideways`);
  await page.screenshot({ path: name(text) });
}
const wanted = (text) => only.length === 0 || only.some((each) => text.startsWith(each));

await page.goto(base);
await page.getByLabel('E-mail').waitFor();
if (wanted('sign-in')) await shot('sign-in');
await page.getByLabel('E-mail').fill('analyst@example.com');
await page.getByLabel('Password').fill('lighthouse-keeper-7');
await page.getByRole('button', { name: 'Sign in' }).click();
await page.getByTestId('incident-row').first().waitFor();

const steps = {
  incidents: async () => {
    await page.goto(`${base}/incidents`);
    await page.getByTestId('incident-row').first().waitFor();
    if (!phone) for (const key of ['j', 'j', 'x', 'j', 'x']) await page.keyboard.press(key);
    await shot('incidents');
    if (phone) return;
    await page.keyboard.press('c');
    await page.keyboard.press('2');
    await shot('incidents-close');
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await shot('incidents-help');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('bastion');
    await page.waitForTimeout(300);
    await shot('incidents-palette');
    await page.keyboard.press('Escape');
  },
  incident: async () => {
    await page.goto(`${base}/incidents/1042`);
    await page.getByTestId('incident-summary').waitFor();
    await shot('incident');
    await page.getByTestId('toggle-original').first().click();
    await page.getByTestId('evidence').first().scrollIntoViewIfNeeded();
    await shot('incident-evidence');
    await page.getByTestId('open-event').first().click();
    await page.getByTestId('event-panel').waitFor();
    await shot('incident-event');
    await page.getByRole('tab', { name: 'Original' }).click();
    await shot('incident-original');
    await page.keyboard.press('Escape');
    await page
      .getByRole('button', { name: /View mail/ })
      .first()
      .click();
    await page.getByTestId('mail-frame').waitFor();
    await shot('incident-mail');
  },
  events: async () => {
    await page.goto(`${base}/events`);
    await page.getByTestId('event-row').first().waitFor();
    await shot('events');
    const box = page.getByRole('combobox', { name: 'Search query' });
    await box.fill('');
    await box.pressSequentially('event.outcome:f');
    await shot('events-suggest');
    await box.fill('"Failed password" event.outcome:failure');
    await box.press('Enter');
    await page.waitForTimeout(400);
    await page.getByTestId('event-row').first().click();
    await page.getByTestId('event-panel').waitFor();
    await shot('events-panel');
    await page.goto(`${base}/events?q=nothing-like-this`);
    await page.getByTestId('empty').waitFor();
    await shot('events-empty');
    await page.goto(`${base}/events?q=user.name:%22`);
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: /Time range/ }).click();
    await shot('events-error');
  },
  sources: async () => {
    await page.goto(`${base}/sources`);
    await page.getByTestId('source-row').first().waitFor();
    await shot('sources');
    await page.getByRole('button', { name: 'Add source' }).click();
    await page.getByLabel('Name').fill(`Edge firewall ${Date.now()}`);
    await page
      .getByRole('combobox', { name: 'Technology' })
      .or(page.getByLabel('Technology'))
      .first()
      .click();
    await shot('sources-add');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Create source' }).click();
    await page.getByTestId('secret').waitFor();
    await shot('sources-token');
    await page.goto(`${base}/sources/brouwerij-de-molen/linux-syslog`);
    await page.getByRole('heading', { name: 'Health' }).waitFor();
    await shot('sources-one');
  },
  rules: async () => {
    await page.goto(`${base}/rules`);
    await page.getByTestId('rule-row').first().waitFor();
    await shot('rules');
    await page.goto(`${base}/rules/linux-ssh-password-guessing?tab=source`);
    await page.getByTestId('rule-source').waitFor();
    await shot('rules-one');
  },
  outbox: async () => {
    await page.goto(`${base}/outbox`);
    await page.getByTestId('mail-row').first().waitFor();
    await shot('outbox');
  },
  tenants: async () => {
    await page.goto(`${base}/tenants`);
    await page.getByTestId('tenant-row').first().waitFor();
    await shot('tenants');
    await page.goto(`${base}/tenants/brouwerij-de-molen`);
    await page.getByTestId('contact').first().waitFor();
    await shot('tenants-one');
  },
  access: async () => {
    await page.goto(`${base}/access`);
    await page.getByTestId('key-row').first().waitFor();
    await shot('access');
    await page.getByRole('button', { name: 'Add user' }).click();
    await shot('access-add');
  },
  status: async () => {
    await page.goto(`${base}/status`);
    await page.getByTestId('component-row').first().waitFor();
    await page.getByRole('button', { name: /warnings/ }).click();
    await shot('status');
  },
};
for (const [text, step] of Object.entries(steps)) {
  if (!wanted(text)) continue;
  try {
    await step();
  } catch (error) {
    problems.push(`${text}: ${error.message}`);
    await page.screenshot({ path: name(`${text}-failed`) });
  }
}
await browser.close();
for (const problem of problems) console.error(problem);
console.log(`${problems.length} problems; pictures in ${out}`);
process.exitCode = problems.length > 0 ? 1 : 0;
