import { z } from 'zod';
import { defineConnector, type PullItem, type PullRun, type SettingsOf } from '../../connector.ts';
import { PullError } from '../../errors.ts';
import { host, secret } from '../../fields.ts';
import type { HttpAnswer } from '../../http-client.ts';
import { instantOf, listItems, textOf } from '../../items.ts';
import { linkTarget } from '../../link-header.ts';
import { iso, nextUrl } from '../_shared/windows.ts';

const schema = z.strictObject({
  domain: host({ title: 'Okta domain', description: 'Such as example.okta.com; not the -admin address.' }),
  token: secret({ title: 'API token', description: 'Of a read-only administrator.' }),
  lookBackHours: z
    .int()
    .min(0)
    .max(90 * 24)
    .default(24)
    .meta({ title: 'First fetch, hours back', description: 'Okta keeps 90 days.' }),
});

type Run = PullRun<SettingsOf<typeof schema, 'token'>>;

/** Largest page that Okta gives. */
const PAGE = 1000;
/** A lost cursor is made up for from this long before the last item, milliseconds. */
const OVERLAP = 15 * 60_000;

export default defineConnector({
  id: 'okta-system-log',
  name: 'Okta System Log',
  vendor: 'Okta',
  summary: 'Sign-ins, multi-factor challenges, administration and detections of an Okta organisation.',
  technologies: ['okta.system-log'],
  everySeconds: 60,
  schema,
  secrets: ['token'],
  permissions: [
    'The role Read-only Administrator, or better a custom role that may view the system log only',
  ],
  setup: `1. In the admin console make an account for Vigie and give it the role *Read-only Administrator*, or a custom role
   that may only view the system log.
2. Sign in as that account, open *Security > API > Tokens* and create a token. Restrict it to the network zone that
   Vigie fetches from.
3. Okta ends a token that was not used for 30 days; Vigie uses it every minute.`,
  delivery: `The log is followed by its own cursor (the \`next\` link of a polling request), in the order in which Okta wrote it,
so that late events are not missed. Events are known by their \`uuid\`. When Okta does not know the cursor any more, Vigie
goes back to 15 minutes before the last event.`,
  references: ['https://developer.okta.com/docs/reference/system-log-query/'],
  async *pull(run: Run) {
    let state = readState(run.checkpoint) ?? {
      last: run.http.serviceNow() - run.settings.lookBackHours * 3_600_000,
    };
    for (;;) {
      let answer: HttpAnswer;
      try {
        answer = await call(run, pageUrl(run, state));
      } catch (error) {
        // The cursor is gone: by time again, with what is known removed by its id.
        if (!(error instanceof PullError) || state.next === undefined) throw error;
        if (error.status !== 400 && error.status !== 410) throw error;
        state = { last: state.last - OVERLAP };
        continue;
      }
      const items = listItems(answer.body, [], 'the system log').map(itemOf);
      const link = linkTarget(answer.headers['link'], 'next');
      const next = link === undefined ? state.next : nextUrl(link, base(run)).href;
      if (items.length > 0 && next !== undefined && next === state.next)
        throw new PullError('VIGIE_PULL_BAD_ANSWER', 'Okta gives the same page again and again');
      const last = items.reduce((at, item) => Math.max(at, item.at ?? 0), state.last);
      state = { last, ...(next === undefined ? {} : { next }) };
      const done = items.length < PAGE;
      yield {
        items,
        checkpoint: state,
        ...(done ? { coveredTo: run.http.serviceNow() } : { coveredTo: last }),
      };
      if (done) return;
    }
  },
  async probe(run: Run) {
    const url = new URL('/api/v1/logs?limit=1', base(run));
    const items = listItems((await call(run, url)).body, [], 'the system log');
    return items.length === 0
      ? 'The system log can be read; it is empty in the last seven days.'
      : 'The system log can be read.';
  },
});

interface State {
  readonly next?: string;
  /** Time of the newest item, epoch milliseconds. */
  readonly last: number;
}

function readState(checkpoint: unknown): State | undefined {
  if (typeof checkpoint !== 'object' || checkpoint === null) return undefined;
  const { next, last } = checkpoint as { next?: unknown; last?: unknown };
  if (typeof last !== 'number') return undefined;
  return typeof next === 'string' ? { next, last } : { last };
}

function base(run: Run): URL {
  return new URL(`https://${run.settings.domain}`);
}

function pageUrl(run: Run, state: State): URL {
  if (state.next !== undefined) return nextUrl(state.next, base(run));
  const url = new URL('/api/v1/logs', base(run));
  url.searchParams.set('since', iso(state.last));
  url.searchParams.set('sortOrder', 'ASCENDING');
  url.searchParams.set('limit', String(PAGE));
  return url;
}

function call(run: Run, url: URL) {
  return run.http.call({
    url,
    headers: { accept: 'application/json', authorization: `SSWS ${run.settings.token.reveal()}` },
  });
}

function itemOf({ text, value }: { text: string; value: unknown }): PullItem {
  const at = instantOf(textOf(value, 'published'));
  return { text, id: textOf(value, 'uuid') ?? text, ...(at === undefined ? {} : { at }) };
}
