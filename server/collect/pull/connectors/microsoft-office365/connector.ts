import { hash } from 'node:crypto';
import { z } from 'zod';
import { defineConnector, type PullPage, type PullRun, type SettingsOf } from '../../connector.ts';
import { PullError } from '../../errors.ts';
import { instantOf, listItems, readJson, textOf } from '../../items.ts';
import type { OAuth } from '../../oauth.ts';
import { nextWindow, reachesNow, type WindowOptions, windowState } from '../../window.ts';
import { entra, entraFields } from '../_shared/entra.ts';
import { iso, nextUrl } from '../_shared/windows.ts';

const HOUR = 3_600_000;
const PLANS = {
  enterprise: { host: 'manage.office.com', cloud: 'global' },
  gcc: { host: 'manage-gcc.office.com', cloud: 'global' },
  'gcc-high': { host: 'manage.office365.us', cloud: 'us-government' },
  dod: { host: 'manage.protection.apps.mil', cloud: 'us-dod' },
} as const;
const CONTENT = [
  'Audit.AzureActiveDirectory',
  'Audit.Exchange',
  'Audit.SharePoint',
  'Audit.General',
  'DLP.All',
] as const;

const schema = z.strictObject({
  ...entraFields,
  content: z
    .array(z.enum(CONTENT))
    .min(1)
    .default(['Audit.AzureActiveDirectory', 'Audit.Exchange', 'Audit.SharePoint', 'Audit.General'])
    .meta({ title: 'Content', description: 'DLP.All needs the permission ActivityFeed.ReadDlp.' }),
  lookBackHours: z
    .int()
    .min(0)
    .max(7 * 24 - 1)
    .default(24)
    .meta({ title: 'First fetch, hours back', description: 'Microsoft keeps the content seven days.' }),
  overlapMinutes: z
    .int()
    .min(0)
    .max(12 * 60)
    .default(60)
    .meta({ title: 'Overlap, minutes', description: 'How late content may be listed.' }),
  plan: z.enum(['enterprise', 'gcc', 'gcc-high', 'dod']).default('enterprise').meta({
    title: 'Plan',
    description: 'enterprise, unless it is a plan for governments.',
    destination: true,
  }),
});

type Run = PullRun<SettingsOf<typeof schema, 'clientSecret'>>;

/** Error code of the API: the subscription is enabled already. */
const ALREADY = 'AF20024';

export default defineConnector({
  id: 'microsoft-office365',
  name: 'Microsoft 365 audit (Management Activity API)',
  vendor: 'Microsoft',
  summary:
    'The unified audit log of Microsoft 365: Exchange, SharePoint, Teams, Entra ID, data loss prevention.',
  technologies: ['microsoft.m365-audit'],
  everySeconds: 300,
  schema,
  secrets: ['clientSecret'],
  permissions: [
    'ActivityFeed.Read (application) of Office 365 Management APIs',
    'ActivityFeed.ReadDlp (application), for DLP.All only',
  ],
  setup: `1. Switch on auditing in the Purview portal (*Audit > Start recording*). The first content can take twelve hours.
2. In the Entra admin centre register an application for Vigie, single tenant, without a redirect address.
3. *API permissions > Add > Office 365 Management APIs > Application permissions*: those listed above, and nothing else.
   Grant admin consent.
4. *Certificates & secrets > New client secret*: copy its value at once; note when it ends.
5. Vigie starts the subscriptions by itself.`,
  delivery: `Microsoft gathers records into blobs and lists each when it is ready; records in them are in no order. Blobs are
listed by the time at which they became available, a day at most, with an overlap; a blob that was read is not read
again while its listing is under way. Records are known by their \`Id\`. What is not fetched within seven days is gone: the
console shows how far behind a connector is.`,
  references: [
    'https://learn.microsoft.com/en-us/office/office-365-management-api/office-365-management-activity-api-reference',
  ],
  async *pull(run: Run) {
    const api = new Api(run);
    const kept = run.checkpoint;
    const states: Record<string, unknown> = { ...(typeof kept === 'object' && kept !== null ? kept : {}) };
    await api.subscribe();
    for (const type of run.settings.content) yield* pullType(run, api, type, states);
  },
  async probe(run: Run) {
    const enabled = await new Api(run).enabled();
    const missing = run.settings.content.filter((type) => !enabled.has(type));
    return missing.length === 0
      ? 'All subscriptions are enabled.'
      : `The API can be read. Not subscribed yet: ${missing.join(', ')}; the first fetch does it.`;
  },
});

interface State {
  readonly at?: number;
  readonly open?: { readonly from: number; readonly to: number; readonly next: string };
  /** Digests of the blobs of the listing under way that were read. */
  readonly done?: readonly string[];
}

async function* pullType(
  run: Run,
  api: Api,
  type: string,
  states: Record<string, unknown>,
): AsyncGenerator<PullPage> {
  const options: WindowOptions = {
    lookBack: run.settings.lookBackHours * HOUR,
    overlap: run.settings.overlapMinutes * 60_000,
    lag: 0,
    span: 24 * HOUR,
    retention: 7 * 24 * HOUR - 5 * 60_000,
  };
  for (;;) {
    const now = run.http.serviceNow();
    const state = windowState(states[type]);
    const window = nextWindow(state, options, now);
    if (window === undefined) return;
    const listing = await api.list(type, window);
    const done = new Set((states[type] as State | undefined)?.done ?? []);
    const note = (more: State): Pick<PullPage, 'checkpoint' | 'coveredTo'> => {
      states[type] = more;
      const ats = run.settings.content.map((name) => windowState(states[name])?.at ?? 0);
      return { checkpoint: { ...states }, ...(ats.includes(0) ? {} : { coveredTo: Math.min(...ats) }) };
    };
    // The span stays as it is while its blobs are read, so that a crash goes on in it.
    const begun = {
      at: state?.at ?? window.from,
      open: { from: window.from, to: window.to, next: window.next ?? '' },
    };
    for (const blob of listing.blobs) {
      const digest = hash('sha256', blob.id, 'base64').slice(0, 12);
      if (done.has(digest)) continue;
      done.add(digest);
      const items = await api.read(blob.uri);
      const noted = note({ ...begun, done: [...done] });
      if (items === undefined)
        yield { items: [], ...noted, warning: `A blob of ${type} was gone before it could be read.` };
      else yield { items, ...noted };
    }
    if (listing.next !== undefined && listing.next === window.next)
      throw new PullError(
        'VIGIE_PULL_BAD_ANSWER',
        `${type}: the service gives the same page again and again`,
      );
    yield {
      items: [],
      ...note(
        listing.next === undefined
          ? { at: window.to }
          : { at: begun.at, open: { from: window.from, to: window.to, next: listing.next } },
      ),
    };
    if (listing.next === undefined && reachesNow(window, options, now)) return;
  }
}

/** The operations of the API that are used. */
class Api {
  readonly #run: Run;
  readonly #oauth: OAuth;
  readonly #root: URL;

  constructor(run: Run) {
    const { host, cloud } = PLANS[run.settings.plan];
    this.#run = run;
    this.#root = new URL(`https://${host}/api/v1.0/${run.settings.tenantId}/activity/feed/`);
    this.#oauth = entra({ ...run, settings: { ...run.settings, cloud } }, this.#root.origin);
  }

  #url(path: string, query: Readonly<Record<string, string>> = {}): URL {
    const url = new URL(path, this.#root);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    // Names whom the quota is counted for.
    url.searchParams.set('PublisherIdentifier', this.#run.settings.tenantId);
    return url;
  }

  /** Content types whose subscription is enabled. */
  async enabled(): Promise<Set<string>> {
    const answer = await this.#oauth.call({ url: this.#url('subscriptions/list') });
    return new Set(
      listItems(answer.body, [], 'subscriptions/list')
        .filter(({ value }) => textOf(value, 'status') === 'enabled')
        .map(({ value }) => textOf(value, 'contentType') ?? ''),
    );
  }

  /** Starts the subscriptions that are not. */
  async subscribe(): Promise<void> {
    if (this.#run.memory.get('subscribed') === true) return;
    const enabled = await this.enabled();
    for (const type of this.#run.settings.content) {
      if (enabled.has(type)) continue;
      try {
        await this.#oauth.call({
          method: 'POST',
          url: this.#url('subscriptions/start', { contentType: type }),
          headers: { 'content-type': 'application/json' },
          body: '',
        });
      } catch (error) {
        if (!(error instanceof PullError && error.message.includes(ALREADY))) throw error;
      }
    }
    this.#run.memory.set('subscribed', true);
  }

  async list(type: string, { from, to, next }: { from: number; to: number; next?: string }) {
    const second = (at: number) => iso(at).slice(0, 19);
    const url =
      next === undefined || next === ''
        ? this.#url('subscriptions/content', {
            contentType: type,
            startTime: second(from),
            endTime: second(to),
          })
        : nextUrl(next, this.#root);
    const answer = await this.#oauth.call({ url });
    const blobs = listItems(answer.body, [], 'subscriptions/content').flatMap(({ value }) => {
      const id = textOf(value, 'contentId');
      const uri = textOf(value, 'contentUri');
      return id === undefined || uri === undefined ? [] : [{ id, uri }];
    });
    const more = answer.headers['nextpageuri'];
    return { blobs, next: more === undefined ? undefined : nextUrl(more, this.#root).href };
  }

  /** Records of a blob; undefined when it is gone. */
  async read(uri: string) {
    const url = nextUrl(uri, this.#root);
    try {
      const answer = await this.#oauth.call({ url });
      readJson(answer.body, 'a content blob');
      return listItems(answer.body, [], 'a content blob').map(({ text, value }) => {
        const at = instantOf(textOf(value, 'CreationTime'));
        return { text, id: textOf(value, 'Id') ?? text, ...(at === undefined ? {} : { at }) };
      });
    } catch (error) {
      if (error instanceof PullError && (error.status === 404 || error.status === 410)) return undefined;
      throw error;
    }
  }
}
