import { z } from 'zod';
import { defineConnector, type PullRun, type SettingsOf } from '../../connector.ts';
import { PullError } from '../../errors.ts';
import { secret } from '../../fields.ts';
import { instantOf, listItems, readObject, textOf } from '../../items.ts';
import { iso } from '../_shared/windows.ts';

const FEEDS = ['auditevents', 'signinattempts', 'itemusages'] as const;

const schema = z.strictObject({
  region: z
    .enum(['events.1password.com', 'events.1password.eu', 'events.1password.ca', 'events.ent.1password.com'])
    .default('events.1password.com')
    .meta({ title: 'Region', description: 'Where the account is.', destination: true }),
  token: secret({ title: 'Bearer token', description: 'Of the Events Reporting integration.' }),
  feeds: z
    .array(z.enum(FEEDS))
    .min(1)
    .default([...FEEDS])
    .meta({ title: 'Feeds', description: 'The token must have the same event types.' }),
  lookBackHours: z
    .int()
    .min(0)
    .max(120 * 24)
    .default(24)
    .meta({ title: 'First fetch, hours back', description: '1Password keeps 120 days.' }),
});

type Run = PullRun<SettingsOf<typeof schema, 'token'>>;

const PAGE = 1000;

export default defineConnector({
  id: 'onepassword-events',
  name: '1Password Events',
  vendor: 'AgileBits',
  summary: 'Sign-in attempts, use of items and audit of a 1Password Business account.',
  technologies: ['onepassword.events'],
  everySeconds: 60,
  schema,
  secrets: ['token'],
  permissions: [
    'A token of the Events Reporting integration with the event types to be fetched, and no others',
  ],
  setup: `1. Sign in at 1Password as an owner or administrator, open *Integrations > Directory > Events Reporting* and choose
   *Other*.
2. Name the integration, choose when its token ends and which event types it may read.
3. Copy the token; it is shown once.`,
  delivery: `Each feed is followed by its own cursor, which 1Password keeps in order of arrival. Events are known by their \`uuid\`.
When a cursor is refused, the feed begins again at the last event's time.`,
  references: ['https://developer.1password.com/docs/events-api/reference/'],
  async *pull(run: Run) {
    const kept = run.checkpoint;
    const states: Record<string, { cursor?: string; last: number }> = {
      ...(typeof kept === 'object' && kept !== null ? kept : {}),
    };
    for (const feed of run.settings.feeds) {
      for (let again = false; ; ) {
        const state = states[feed] ?? {
          last: run.http.serviceNow() - run.settings.lookBackHours * 3_600_000,
        };
        let body: Buffer;
        try {
          body = (await call(run, feed, ask(state))).body;
        } catch (error) {
          if (!(error instanceof PullError) || error.status !== 400 || state.cursor === undefined || again)
            throw error;
          states[feed] = { last: state.last };
          again = true;
          continue;
        }
        const items = listItems(body, ['items'], feed).map(({ text, value }) => {
          const at = instantOf(textOf(value, 'timestamp'));
          return { text, id: textOf(value, 'uuid') ?? text, ...(at === undefined ? {} : { at }) };
        });
        const whole = readObject(body, feed);
        const cursor = textOf(whole, 'cursor') ?? state.cursor;
        const more = whole['has_more'] === true;
        if (more && cursor === state.cursor)
          throw new PullError(
            'VIGIE_PULL_BAD_ANSWER',
            `${feed}: the service gives the same page again and again`,
          );
        const last = items.reduce((at, item) => Math.max(at, item.at ?? 0), state.last);
        states[feed] = { last, ...(cursor === undefined ? {} : { cursor }) };
        const done = !more && feed === run.settings.feeds.at(-1);
        yield { items, checkpoint: { ...states }, ...(done ? { coveredTo: run.http.serviceNow() } : {}) };
        if (!more) break;
      }
    }
  },
  async probe(run: Run) {
    for (const feed of run.settings.feeds) {
      const body = { limit: 1, start_time: iso(run.http.serviceNow() - 60_000) };
      listItems((await call(run, feed, body)).body, ['items'], feed);
    }
    return `Can be read: ${run.settings.feeds.join(', ')}.`;
  },
});

function ask({ cursor, last }: { cursor?: string; last: number }): object {
  return cursor === undefined ? { limit: PAGE, start_time: iso(last) } : { cursor };
}

function call(run: Run, feed: string, body: object) {
  return run.http.call({
    method: 'POST',
    url: new URL(`https://${run.settings.region}/api/v2/${feed}`),
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      authorization: `Bearer ${run.settings.token.reveal()}`,
    },
    body: JSON.stringify(body),
  });
}
