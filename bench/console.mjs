// The console as a person waits for it: first useful paint and script of each page, frames while a long queue is
// scrolled. Chromium's processor is slowed four times, which is about an office machine of some years ago.
import { chromium } from 'playwright-core';
import { withDesk } from './desk.mjs';
import { percentile } from './throughput.mjs';

const SLOWER = 4;
const RUNS = 5;
/** Rows that are scrolled through. */
const ROWS = 10_000;
/** A frame that takes longer is seen as a jerk, milliseconds. */
const JERK = 50;

/** Pages, and what must be there before one is of use. */
const PAGES = [
  { path: '/', useful: '[data-testid=card] :is(li, tbody tr, p)' },
  { path: '/incidents', useful: '[data-testid=incident-row]' },
  { path: '/incidents/:open', useful: '[data-testid=incident-summary]' },
  { path: '/clocks', useful: 'main [data-testid=empty], main tbody tr' },
  { path: '/rules', useful: 'main tbody tr' },
  { path: '/quality', useful: 'main tbody tr, main [data-testid=empty]' },
  { path: '/tenants', useful: 'main tbody tr' },
];

/** Notes the frame after the first in which something fits a selector. */
const watchFor = (selector) => `
  globalThis.useful = new Promise((resolve) => {
    const look = () => {
      if (document.querySelector(${JSON.stringify(selector)}) === null) requestAnimationFrame(look);
      else requestAnimationFrame(() => resolve(performance.now()));
    };
    look();
  });`;

/** Scrolls a screen's height every four frames until so many rows were passed; gives the times between frames. */
const scrollThrough = (rows) => `(async () => {
  const row = document.querySelector('[data-testid=incident-row]');
  const height = row.getBoundingClientRect().height;
  let box = row.parentElement;
  while (getComputedStyle(box).overflowY !== 'auto' && getComputedStyle(box).overflowY !== 'scroll') box = box.parentElement;
  box.scrollTop = 0;
  const frames = [];
  let before = await new Promise(requestAnimationFrame);
  const end = performance.now() + 240_000;
  while (box.scrollTop / height < ${rows} - 40 && performance.now() < end) {
    box.scrollTop += 150;
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - before);
    before = now;
  }
  return { frames, rows: Math.round((box.scrollTop + box.clientHeight) / height) };
})()`;

/** Measures and prints. */
export async function consoleBench({ out }) {
  await withDesk(
    out,
    async (vigie, tokens) => {
      const browser = await chromium.launch({
        executablePath: process.env.VIGIE_CHROMIUM ?? '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
      });
      try {
        const [first] = (await vigie.call('GET', '/api/incidents?limit=1')).items;
        for (const { path, useful } of PAGES) {
          const times = [];
          let script;
          for (let run = 0; run < RUNS; run++) {
            const { context, page } = await open(browser, vigie, tokens);
            await page.addInitScript(watchFor(useful));
            await page.goto(path.replace(':open', first.id));
            times.push(await page.evaluate('useful'));
            script ??= await page.evaluate(`performance.getEntriesByType('resource')
            .filter(({ name }) => name.endsWith('.js'))
            .reduce((sum, one) => [sum[0] + one.encodedBodySize, sum[1] + one.decodedBodySize], [0, 0])`);
            await context.close();
          }
          out(
            `  ${path.padEnd(18)} useful after ${percentile(times, 50).toFixed(0)} ms (${Math.min(...times).toFixed(0)}–${Math.max(...times).toFixed(0)}, ${RUNS} runs), script ${kb(script[0])} sent, ${kb(script[1])} unpacked`,
          );
        }
        const { page } = await open(browser, vigie, tokens);
        await page.goto('/incidents?status=all');
        await page.locator('[data-testid=incident-row]').first().waitFor();
        for (const what of ['while rows are fetched', 'with all rows there']) {
          const { frames, rows } = await page.evaluate(scrollThrough(ROWS));
          out(
            `  ${rows} rows, ${what}: frame p50 ${percentile(frames, 50).toFixed(0)} ms, p95 ${percentile(frames, 95).toFixed(0)} ms, p99 ${percentile(frames, 99).toFixed(0)} ms, longest ${Math.max(...frames).toFixed(0)} ms, ${frames.filter((ms) => ms > JERK).length} of ${frames.length} over ${JERK} ms`,
          );
        }
      } finally {
        await browser.close();
      }
    },
    1.2 * ROWS,
  );
}

const kb = (bytes) => `${Math.round(bytes / 1000)} KB`;

/** A page of somebody of the provider's who is signed in, nothing cached. */
async function open(browser, vigie, tokens) {
  const context = await browser.newContext({ baseURL: vigie.url, viewport: { width: 1440, height: 900 } });
  await context.addCookies([{ name: 'vigie_session', value: tokens[4], url: vigie.url }]);
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  return { context, page };
}
