import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { CDPSession, Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core looks for: WCAG 2.2 at levels A and AA, and order of headings and landmarks besides. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const MORE = ['heading-order', 'page-has-heading-one', 'landmark-one-main', 'landmark-unique', 'region'];

interface Finding {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/**
 * Findings of axe-core on the page as it stands, one line each; empty: none.
 *
 * @param only rules to run; left out: all of WCAG 2.2 A and AA
 */
export async function axeFindings(page: Page, only?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate<boolean>(`'axe' in globalThis`))) await page.evaluate(AXE);
  // What has just changed, the colour scheme for one, is drawn before it is judged.
  await page.evaluate('new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  const found = (await page.evaluate(
    async ([tags, more, rules]) => {
      const axe = (
        globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Finding[] }> } }
      ).axe;
      const enabled = Object.fromEntries([...more!, 'target-size'].map((id) => [id, { enabled: true }]));
      const { violations } = await axe.run(
        rules === undefined
          ? { runOnly: { type: 'tag', values: tags }, rules: enabled, resultTypes: ['violations'] }
          : { runOnly: { type: 'rule', values: rules }, resultTypes: ['violations'] },
      );
      return violations;
    },
    [TAGS, MORE, only] as const,
  )) as Finding[];
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => {
      const why = failureSummary?.split('\n').slice(1, 2).join(' ').trim();
      return `${id}: ${target.join(' ')}${why === undefined ? '' : ` (${why})`}`;
    }),
  );
}

/**
 * Elements that do something on a click, and that no key gets to: neither they nor anything in them can be focused.
 * An option of a list that a text field controls is reached through the field.
 */
export async function unreachable(page: Page): Promise<string[]> {
  const cdp = await page.context().newCDPSession(page);
  try {
    return await clickable(cdp);
  } finally {
    await cdp.detach();
  }
}

async function clickable(cdp: CDPSession): Promise<string[]> {
  const { result: body } = await cdp.send('Runtime.evaluate', { expression: 'document.body' });
  const { listeners } = await cdp.send('DOMDebugger.getEventListeners', {
    objectId: body.objectId!,
    depth: -1,
    pierce: true,
  });
  const ids = new Set(
    listeners.flatMap(({ type, backendNodeId }) =>
      type === 'click' && backendNodeId !== undefined ? [backendNodeId] : [],
    ),
  );
  const out: string[] = [];
  for (const backendNodeId of ids) {
    const { object } = await cdp.send('DOM.resolveNode', { backendNodeId });
    const { result } = await cdp.send('Runtime.callFunctionOn', {
      objectId: object.objectId!,
      returnByValue: true,
      functionDeclaration: `function () {
        if (!(this instanceof Element) || this.matches('body, #root, dialog')) return '';
        // The chart's zoom is the choice of times beside it, the editor's folding has keys of its own.
        if (this.closest('.u-wrap, .cm-gutter') !== null) return '';
        if (this.matches('[role=option]') && document.querySelector('[role=combobox]') !== null) return '';
        const keys = 'a[href], button, input, select, textarea, summary, label, [tabindex]:not([tabindex="-1"])';
        if (this.matches(keys) || this.querySelector(keys) !== null) return '';
        return this.outerHTML.slice(0, 160);
      }`,
    });
    if (result.value !== '') out.push(String(result.value));
  }
  return out;
}

/** Looks at what has the focus: `end` when nothing has, what is wrong with it, or nothing. */
const LOOK = `(() => {
  const at = document.activeElement;
  // The link at the head of the page means that the walk has come round.
  if (at === null || at === document.body || at.matches('a[href="#content"]')) return 'end';
  const text = (at.getAttribute('aria-label') ?? at.textContent ?? '').trim().slice(0, 40);
  const name = at.tagName.toLowerCase() + ' ' + text;
  const marks = (one) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1) || boxShadow !== 'none';
  };
  // A field may show it on the frame around it, as the editor and the finder do.
  let frame = at;
  for (let up = 0; up < 4 && frame !== null && !marks(frame); up++) frame = frame.parentElement;
  if (frame === null || !marks(frame)) return 'no sign of focus: ' + name;
  const { left, top, width, height } = at.getBoundingClientRect();
  for (const x of [0.1, 0.5, 0.9])
    for (const y of [0.2, 0.5, 0.8]) {
      const hit = document.elementFromPoint(left + x * width, top + y * height);
      if (hit !== null && (at.contains(hit) || hit.contains(at))) return '';
    }
  return 'hidden while focused: ' + name;
})()`;

/**
 * Goes through what can be focused, from the page's content on, with the Tab key: what does not show that it has the
 * focus, and what is wholly hidden under something else (WCAG 2.4.7 and 2.4.11).
 */
export async function lostFocus(page: Page, steps: number): Promise<string[]> {
  await page.evaluate(`document.querySelector('#content')?.focus()`);
  const out = new Set<string>();
  for (let step = 0; step < steps; step++) {
    await page.keyboard.press('Tab');
    const problem = await page.evaluate<string>(LOOK);
    if (problem === 'end') break;
    if (problem !== '') out.add(problem);
  }
  return [...out];
}
