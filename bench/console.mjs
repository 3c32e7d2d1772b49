// The console as a person waits for it: first useful paint and script of each page, frames while a long queue is
// scrolled. Chromium's processor is slowed four times, which is about an office machine of some years ago.
import { chromium } from 'playwright-core';
import { withDesk } from './desk.mjs';
import { percentile } from './throughput.mjs';

const SLOWER = 4;
const RUNS = 5;
/** Rows of the list that is scrolled, and how many of them are scrolled through at a time. */
const ROWS = 10_000;
const SCROLLED = 1_500;
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

/** The scrolling element around the rows, and the height of a row, as `box` and `height`. */
const LIST = `
  const row = document.querySelector('[data-testid=incident-row]');
  const height = row.getBoundingClientRect().height;
  let box = row.parentElement;
  while (!/auto|scroll/.test(getComputedStyle(box).overflowY)) box = box.parentElement;`;

/** Scrolls 150 pixels a frame from a row on through so many; gives the times between frames. */
const scrollThrough = (from, rows) => `(async () => {${LIST}
  box.scrollTop = ${from} * height;
  await new Promise(requestAnimationFrame);
  const frames = [];
  let before = await new Promise(requestAnimationFrame);
  const end = performance.now() + 120_000;
  while (box.scrollTop / height < ${from + rows} && performance.now() < end) {
    const was = box.scrollTop;
    box.scrollTop += 150;
    const now = await new Promise(requestAnimationFrame);
    // At the end of what is there, it is the server that is waited for.
    if (box.scrollTop > was) frames.push(now - before);
    before = now;
  }
  return { frames, reached: Math.round(box.scrollTop / height) };
})()`;

/** Goes to the end again and again, until so many rows are there; gives how many there are. */
const fetchAll = (rows) => `(async () => {${LIST}
  const end = performance.now() + 240_000;
  while (box.scrollHeight / height < ${rows} && performance.now() < end) {
    box.scrollTop = box.scrollHeight;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return Math.round(box.scrollHeight / height);
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
        const { page, cdp } = await open(browser, vigie, tokens);
        await page.goto('/incidents?status=all');
        await page.locator('[data-testid=incident-row]').first().waitFor();
        const measure = async (what, from) => {
          const { result, spent } = await traced(cdp, () => page.evaluate(scrollThrough(from, SCROLLED)));
          const { frames, reached } = result;
          const each = (ms) => (ms / frames.length).toFixed(1);
          out(
            `  rows ${from} to ${reached}, ${what}: frame p50 ${percentile(frames, 50).toFixed(0)} ms, p95 ${percentile(frames, 95).toFixed(0)} ms, p99 ${percentile(frames, 99).toFixed(0)} ms, longest ${Math.max(...frames).toFixed(0)} ms, ${frames.filter((ms) => ms > JERK).length} of ${frames.length} over ${JERK} ms; processor time a frame: script ${each(spent.script)} ms, style and layout ${each(spent.layout)} ms, paint ${each(spent.paint)} ms`,
          );
        };
        await measure('while rows are fetched', 0);
        const there = await page.evaluate(fetchAll(ROWS));
        await measure(`with ${there} rows there`, Math.max(0, there - 2 * SCROLLED));
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
  return { context, page, cdp };
}

/** Runs something, and adds up what the page's main thread did meanwhile, milliseconds of its own processor time. */
async function traced(cdp, run) {
  const events = [];
  const note = ({ value }) => events.push(...value);
  cdp.on('Tracing.dataCollected', note);
  await cdp.send('Tracing.start', { transferMode: 'ReportEvents', categories: 'devtools.timeline' });
  const result = await run();
  const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
  await cdp.send('Tracing.end');
  await complete;
  cdp.off('Tracing.dataCollected', note);
  const spent = (...names) =>
    events
      .filter(({ ph, name }) => ph === 'X' && names.includes(name))
      .reduce((sum, { tdur }) => sum + (tdur ?? 0) / 1000, 0);
  return {
    result,
    spent: {
      script: spent('FunctionCall'),
      layout: spent('Layout', 'UpdateLayoutTree'),
      paint: spent('Paint'),
    },
  };
}
