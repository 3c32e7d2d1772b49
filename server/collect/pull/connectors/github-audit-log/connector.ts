import { z } from 'zod';
import { defineConnector, type PullRun, type SettingsOf } from '../../connector.ts';
import { host, secret } from '../../fields.ts';
import { instantOf, listItems, textOf } from '../../items.ts';
import { linkTarget } from '../../link-header.ts';
import type { Window } from '../../window.ts';
import { iso, nextUrl, pullWindows, type WindowPage } from '../_shared/windows.ts';

const MINUTE = 60_000;

const schema = z.strictObject({
  scope: z.enum(['organization', 'enterprise']).default('organization').meta({
    title: 'Of what',
    description: 'An organisation, or an enterprise with all of its organisations.',
  }),
  name: z
    .string()
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,98}[A-Za-z0-9])?$/, 'the name as it stands in the address')
    .meta({ title: 'Name', description: 'As in github.com/NAME, or the enterprise’s slug.' }),
  include: z
    .enum(['web', 'git', 'all'])
    .default('all')
    .meta({ title: 'Events', description: 'web: changes; git: clones, fetches and pushes; all: both.' }),
  token: secret({ title: 'Token', description: 'That may read the audit log, and nothing else.' }),
  host: host({
    title: 'API host',
    description: 'api.github.com, or api.SUBDOMAIN.ghe.com with data residency.',
  }).default('api.github.com'),
  lookBackHours: z
    .int()
    .min(0)
    .max(180 * 24)
    .default(24)
    .meta({ title: 'First fetch, hours back', description: 'Git events are kept for seven days only.' }),
  overlapMinutes: z
    .int()
    .min(0)
    .max(24 * 60)
    .default(15)
    .meta({ title: 'Overlap, minutes', description: 'How late an event may appear.' }),
});

type Run = PullRun<SettingsOf<typeof schema, 'token'>>;

export default defineConnector({
  id: 'github-audit-log',
  name: 'GitHub audit log',
  vendor: 'GitHub',
  summary:
    'The audit log of a GitHub organisation or enterprise: members, repositories, keys, workflows, Git access.',
  technologies: ['github.audit'],
  everySeconds: 120,
  schema,
  secrets: ['token'],
  permissions: [
    'Organisation: a fine-grained token or app with “Administration: read” of the organisation, or a classic token with read:audit_log',
    'Enterprise: a classic token of an enterprise owner with read:audit_log',
  ],
  setup: `1. GitHub gives the audit log by API to organisations of GitHub Enterprise Cloud only.
2. Under *Settings > Developer settings > Personal access tokens* make a token that expires, with the organisation's
   permission *Administration: read-only* (fine-grained), or with the single scope \`read:audit_log\` (classic; an
   enterprise accepts these only).
3. Where single sign-on is enforced, authorise the token for the organisation (*Configure SSO*).`,
  delivery: `Asked for by time of creation, oldest first, with an overlap for events that appear late. Events are known by
their \`_document_id\`. GitHub allows 1,750 questions an hour; its rate-limit headers are followed.`,
  references: [
    'https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization',
    'https://docs.github.com/en/enterprise-cloud@latest/rest/enterprise-admin/audit-log',
  ],
  pull(run: Run) {
    const { lookBackHours, overlapMinutes } = run.settings;
    return pullWindows(run, [
      {
        name: 'audit-log',
        window: {
          lookBack: lookBackHours * 60 * MINUTE,
          overlap: overlapMinutes * MINUTE,
          lag: MINUTE,
          span: 2 * 24 * 60 * MINUTE,
        },
        page: (window) => page(run, window),
      },
    ]);
  },
  async probe(run: Run) {
    const url = logUrl(run);
    url.searchParams.set('per_page', '1');
    listItems((await call(run, url)).body, [], 'the audit log');
    return `The audit log of ${run.settings.name} can be read.`;
  },
});

async function page(run: Run, window: Window): Promise<WindowPage> {
  let url = logUrl(run);
  if (window.next !== undefined) url = nextUrl(window.next, url);
  else {
    // Whole seconds, so that no event falls between two spans.
    const second = (at: number) => iso(Math.floor(at / 1000) * 1000).replace('.000Z', 'Z');
    url.searchParams.set('phrase', `created:${second(window.from)}..${second(window.to)}`);
    url.searchParams.set('include', run.settings.include);
    url.searchParams.set('order', 'asc');
    url.searchParams.set('per_page', '100');
  }
  const answer = await call(run, url);
  const items = listItems(answer.body, [], 'the audit log').map(({ text, value }) => {
    const at = instantOf(textOf(value, '@timestamp') ?? textOf(value, 'created_at'));
    return { text, id: textOf(value, '_document_id') ?? text, ...(at === undefined ? {} : { at }) };
  });
  const next = linkTarget(answer.headers['link'], 'next');
  return { items, next: next === undefined ? undefined : nextUrl(next, url).href };
}

function logUrl(run: Run): URL {
  const { scope, name } = run.settings;
  const kind = scope === 'enterprise' ? 'enterprises' : 'orgs';
  return new URL(`https://${run.settings.host}/${kind}/${encodeURIComponent(name)}/audit-log`);
}

function call(run: Run, url: URL) {
  return run.http.call({
    url,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${run.settings.token.reveal()}`,
      'x-github-api-version': '2022-11-28',
    },
  });
}
