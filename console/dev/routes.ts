import * as Api from '@vigie/contracts/api';
import { z } from 'zod';
import { sampleEvents } from './sample-events.ts';
import { sampleIncidents, sampleMails } from './sample-incidents.ts';
import {
  sampleQuarantine,
  sampleRules,
  sampleSources,
  sampleStatus,
  sampleTenants,
} from './sample-platform.ts';
import { matcher } from './search.ts';

/** What the stand-in answers. */
export interface Reply {
  status: number;
  body?: unknown;
  cookie?: string;
  delayMs?: number;
}

const now = Date.now();
const tenants = sampleTenants(now);
const ids = tenants.map((tenant) => tenant.id);
const data = sampleEvents(now, ids);
const incidents = sampleIncidents(now, data, ids);
const mails = sampleMails(now, incidents);
const sources = sampleSources(now, ids);
let quarantine = sampleQuarantine(now);
const rules = sampleRules(now);
const users: z.infer<typeof Api.UserView>[] = [
  {
    id: 'u1',
    email: 'analyst@example.com',
    name: 'Aline Leroy',
    role: 'provider-administrator',
    tenants: null,
    createdAt: now - 9e9,
    lastSignInAt: now - 60_000,
    language: null,
    mayChange: true,
  },
  {
    id: 'u2',
    email: 'bram.maes@example.com',
    name: 'Bram Maes',
    role: 'analyst',
    tenants: null,
    createdAt: now - 4e9,
    lastSignInAt: now - 7e6,
    language: null,
    mayChange: true,
  },
  {
    id: 'u3',
    email: 'director@client.example.com',
    name: 'Sofie Wouters',
    role: 'client-reader',
    tenants: ['brouwerij-de-molen'],
    createdAt: now - 2e9,
    lastSignInAt: null,
    language: null,
    mayChange: true,
  },
];
let keys: z.infer<typeof Api.ApiKeyView>[] = [
  {
    id: 'k1',
    name: 'nightly export',
    owner: { kind: 'service', id: 's1', name: 'Reporting' },
    permissions: ['incidents.read', 'exports.make'],
    tenants: null,
    createdAt: now - 1e9,
    createdBy: 'Aline Leroy',
    expiresAt: now + 5e9,
    mayRemove: true,
    lastUsedAt: now - 3e7,
  },
];
const services: Api.ServiceAccountView[] = [
  {
    id: 's1',
    name: 'Reporting',
    role: 'auditor',
    tenants: null,
    createdAt: now - 2e9,
    createdBy: 'Aline Leroy',
    mayChange: true,
  },
];
const signedIn: Api.SignedInView[] = [
  { id: 'i1', address: '192.0.2.17', client: 'Firefox on Linux', current: true },
  { id: 'i2', address: '198.51.100.4', client: 'Safari on iPhone', current: false },
].map((each) => ({ ...each, since: now - 4e6, lastSeenAt: now - 9e4, endsAt: now + 4e7 }));
let mustChangePassword = false;
const RANK = ['informational', 'low', 'medium', 'high', 'critical'];

function ok(schema: z.ZodType, body: unknown, status = 200): Reply {
  // The stand-in may not drift from the contract either.
  return { status, body: schema.parse(body) };
}
function fail(status: number, code: string, message: string): Reply {
  return { status, body: { error: { code, message } } };
}
function session(): Reply {
  return ok(Api.SessionView, {
    user: users[0],
    tenants: tenants.map(({ id, name, demo }) => ({ id, name, demo })),
    permissions: [...Api.PERMISSIONS],
    provider: true,
    mustChangePassword,
    mustEnrol: false,
    version: '0.1.0',
  });
}

/** Routes one call. */
export function answer(method: string, url: URL, body: unknown, signedIn: boolean): Reply {
  const path = url.pathname.slice('/api/'.length).split('/').map(decodeURIComponent);
  const route = `${method} ${path[0]}${path.length > 1 ? '/*'.repeat(path.length - 1) : ''}`;
  if (route === 'POST session') {
    const { email, password } = Api.Credentials.parse(body);
    if (email !== 'analyst@example.com' || !['lighthouse-keeper-7', 'one-time'].includes(password))
      return fail(401, 'VIGIE_API_BAD_CREDENTIALS', 'E-mail or password is wrong.');
    mustChangePassword = password === 'one-time';
    return { ...session(), cookie: 'stand-in' };
  }
  if (route === 'GET sign-in')
    return ok(Api.SignInOptions, { emailFirst: false, choices: [], passkeyOrigin: null });
  if (!signedIn) return fail(401, 'VIGIE_API_NOT_SIGNED_IN', 'Sign in first.');
  const query = Object.fromEntries(url.searchParams);
  switch (route) {
    case 'GET session':
      return session();
    case 'DELETE session':
      return { status: 204, cookie: '' };
    case 'POST session/*':
      mustChangePassword = false;
      return { status: 204 };
    case 'GET incidents':
      return listIncidents(Api.IncidentQuery.parse(query));
    case 'POST incidents/*':
      return path[1] === 'bulk' ? bulk(Api.BulkChange.parse(body)) : { status: 204 };
    case 'POST incidents/*/*':
      return { status: 204 };
    case 'GET incidents/*/*':
      return path[2] === 'verdicts'
        ? ok(Api.VerdictHistory, { items: [], alerts: {}, mayReply: false })
        : ok(Api.IncidentRelevance, { used: false, probability: null, terms: [] });
    case 'GET views':
      return ok(Api.QueueViewList, { items: [] });
    case 'GET incidents/*': {
      if (path[1] === 'owners') return ok(Api.IncidentOwners, { items: users });
      const incident = incidents.find((each) => each.id === Number(path[1]));
      return incident
        ? ok(Api.IncidentView, incident)
        : fail(404, 'VIGIE_API_NOT_FOUND', 'There is no such incident.');
    }
    case 'PATCH incidents/*':
      return patchIncident(Number(path[1]), Api.IncidentPatch.parse(body));
    case 'POST events/*':
      return path[1] === 'search'
        ? searchEvents(Api.EventSearch.parse(body))
        : histogram(Api.HistogramSearch.parse(body));
    case 'GET events/*/*': {
      const event = data.events.find((each) => each.id === path[2] && each.tenant === path[1]);
      return event ? ok(Api.EventView, event) : fail(404, 'VIGIE_API_NOT_FOUND', 'There is no such event.');
    }
    case 'GET status':
      return ok(Api.StatusView, sampleStatus(now));
    default:
      return platform(route, path, query, body);
  }
}

function listIncidents(query: z.infer<typeof Api.IncidentQuery>): Reply {
  const minimum = query.minLevel === undefined ? 0 : RANK.indexOf(query.minLevel);
  const wanted = incidents
    .filter((each) => query.tenant === undefined || each.tenant === query.tenant)
    .filter(
      (each) =>
        query.status === 'all' ||
        (query.status === 'open' ? each.status !== 'closed' : each.status === query.status),
    )
    .filter((each) => RANK.indexOf(each.level) >= minimum)
    .filter(
      (each) =>
        query.q === undefined ||
        JSON.stringify([each.title, each.entities]).toLowerCase().includes(query.q.toLowerCase()),
    )
    .sort((a, b) =>
      query.sort === 'urgency'
        ? b.urgency.score - a.urgency.score || a.id - b.id
        : query.sort === 'recent'
          ? b.lastAt - a.lastAt
          : query.sort === 'age'
            ? a.createdAt - b.createdAt
            : RANK.indexOf(b.level) - RANK.indexOf(a.level) || b.lastAt - a.lastAt,
    );
  const from = Number(query.cursor ?? 0);
  const next = from + query.limit < wanted.length ? { next: String(from + query.limit) } : {};
  return ok(Api.IncidentPage, {
    items: wanted.slice(from, from + query.limit),
    total: wanted.length,
    more: false,
    ...next,
  });
}

function bulk({ ids, change }: z.infer<typeof Api.BulkChange>): Reply {
  const found = ids.filter((id) => incidents.some((each) => each.id === id));
  for (const id of found) patchIncident(id, change);
  return ok(Api.BulkResult, { done: found, failed: [], undo: null });
}

function patchIncident(id: number, patch: z.infer<typeof Api.IncidentPatch>): Reply {
  const incident = incidents.find((each) => each.id === id);
  if (incident === undefined) return fail(404, 'VIGIE_API_NOT_FOUND', 'There is no such incident.');
  const actor = users[0]!.name;
  if (patch.status !== undefined && patch.status !== incident.status) {
    incident.status = patch.status;
    incident.timeline.push({ at: Date.now(), kind: 'status', text: `Status: ${patch.status}`, actor });
  }
  if (patch.verdict !== undefined) incident.verdict = patch.verdict;
  if (patch.owner !== undefined) {
    const owner = users.find((each) => each.id === (patch.owner === 'me' ? 'u1' : patch.owner));
    incident.owner = owner === undefined ? null : { id: owner.id, name: owner.name };
  }
  if (patch.comment !== undefined)
    incident.timeline.push({ at: Date.now(), kind: 'comment', text: patch.comment, actor });
  return ok(Api.IncidentView, incident);
}

function found(search: { tenants?: string[] | undefined; from: number; to: number; q: string }) {
  const matches = matcher(search.q);
  return data.events.filter(
    (event) =>
      event.at >= search.from &&
      event.at < search.to &&
      (search.tenants?.includes(event.tenant) ?? true) &&
      matches(event),
  );
}
function searchEvents(search: z.infer<typeof Api.EventSearch>): Reply {
  if (/["(]$/.test(search.q))
    return fail(400, 'VIGIE_API_BAD_QUERY', 'The query ends inside a quote or parenthesis.');
  const all = found(search);
  const from = Number(search.cursor ?? 0);
  const next = from + search.limit < all.length ? { next: String(from + search.limit) } : {};
  return {
    ...ok(Api.EventPage, { items: all.slice(from, from + search.limit), tookMs: 14, ...next }),
    delayMs: 60,
  };
}
function histogram(search: z.infer<typeof Api.HistogramSearch>): Reply {
  const all = found(search);
  const width = (search.to - search.from) / search.buckets;
  const buckets = Array.from({ length: search.buckets }, () => 0);
  for (const event of all) {
    const at = Math.min(buckets.length - 1, Math.floor((event.at - search.from) / width));
    buckets[at] = buckets[at]! + 1;
  }
  return ok(Api.Histogram, { from: search.from, width, buckets, total: all.length });
}

function platform(route: string, path: string[], query: Record<string, string>, body: unknown): Reply {
  const source = sources.find((each) => each.tenant === path[1] && each.id === path[2]);
  const tenant = tenants.find((each) => each.id === path[1]);
  const rule = rules.find((each) => each.id === path[1]);
  switch (route) {
    case 'GET sources':
      return {
        status: 200,
        body: {
          items: sources.filter((each) => query['tenant'] === undefined || each.tenant === query['tenant']),
        },
      };
    case 'POST sources': {
      const wanted = Api.NewSource.parse(body);
      if (sources.some((each) => each.id === wanted.id && each.tenant === wanted.tenant))
        return fail(409, 'VIGIE_API_EXISTS', 'This tenant has a source of that name.');
      const made = {
        ...sources[0]!,
        ...wanted,
        name: wanted.name ?? wanted.id,
        createdAt: Date.now(),
        health: {
          ...sources[0]!.health,
          rate: 0,
          lastSeenAt: null,
          events24h: 0,
          parseFailures24h: 0,
          recent: Array.from({ length: 60 }, () => 0),
          technologies: [],
        },
      };
      sources.push(made);
      return { status: 200, body: { source: made, secret: secret(wanted.id) } };
    }
    case 'POST sources/*/*/*':
      return ok(Api.SourceSecret, secret(path[2]!));
    case 'GET sources/*/*/*':
      return {
        status: 200,
        body: {
          items: Array.from({ length: 5 }, (_, index) =>
            Api.ParseFailure.parse({
              at: now - index * 400_000,
              text: `<13>Nov 22 01:5${index}:00 web-02 app: {"unfinished": "json`,
              reason: 'JSON ends in a string',
              dataset: 'linux.auth',
            }),
          ),
        },
      };
    case 'GET sources/*/*':
      return source
        ? ok(Api.SourceView, source)
        : fail(404, 'VIGIE_API_NOT_FOUND', 'There is no such source.');
    case 'PATCH sources/*/*':
      return source
        ? ok(Api.SourceView, Object.assign(source, Api.SourcePatch.parse(body)))
        : fail(404, 'VIGIE_API_NOT_FOUND', 'There is no such source.');
    case 'DELETE sources/*/*':
      sources.splice(sources.indexOf(source!), 1);
      return { status: 204 };
    case 'GET quarantine':
      return { status: 200, body: { items: quarantine } };
    case 'POST quarantine/*/*':
    case 'DELETE quarantine/*':
      quarantine = quarantine.filter((each) => each.id !== path[1]);
      return { status: 200, body: { replayed: 10_000 } };
    case 'GET rules': {
      const wanted = Api.RuleQuery.parse(query);
      const list = rules
        .filter(
          (each) =>
            wanted.q === undefined ||
            `${each.title} ${each.tags} ${each.logsource}`.toLowerCase().includes(wanted.q.toLowerCase()),
        )
        .filter(
          (each) =>
            wanted.state === 'all' ||
            (wanted.state === 'disabled' ? !each.enabled : each.state === wanted.state),
        )
        .filter((each) => wanted.level === undefined || each.level === wanted.level)
        .sort((a, b) =>
          wanted.sort === 'title'
            ? a.title.localeCompare(b.title)
            : wanted.sort === 'level'
              ? RANK.indexOf(b.level) - RANK.indexOf(a.level)
              : b.hits24h - a.hits24h,
        );
      return ok(Api.RulePage, { items: list, total: list.length });
    }
    case 'GET rules/*':
      return rule ? ok(Api.RuleDetail, rule) : fail(404, 'VIGIE_API_NOT_FOUND', 'There is no such rule.');
    case 'PATCH rules/*':
      return ok(Api.RuleDetail, Object.assign(rule!, Api.RulePatch.parse(body)));
    case 'POST rules/*':
      return ok(Api.RuleImportReport, {
        live: 52,
        unmapped: 4,
        rejected: [
          {
            path: 'detections/sigma/a.yml',
            line: 14,
            code: 'SIGMA_CONDITION_UNKNOWN_SEARCH',
            reason: "condition names 'selection_img', but there is no such search",
          },
        ],
        unmappedLogsources: [{ logsource: 'zeek / dns', rules: 4 }],
      });
    case 'GET outbox':
      return {
        status: 200,
        body: {
          items: mails.filter((each) => query['state'] === undefined || each.state === query['state']),
        },
      };
    case 'GET outbox/*': {
      const mail = mails.find((each) => each.id === path[1]);
      return mail
        ? ok(Api.MailDetail, {
            ...mail,
            text: 'A password was guessed on bastion-1.',
            html: '<body style="margin:0;background:#eef2f3;font-family:sans-serif"><div style="max-width:560px;margin:24px auto;background:#fff;padding:28px"><h1 style="font-size:20px;color:#a30d43">Critical: password guessed on bastion-1</h1><p>From 203.0.113.24 somebody tried 64 passwords.</p><script>parent.document.title="owned"</script><img src="http://192.0.2.1/p.gif"></div></body>',
          })
        : fail(404, 'VIGIE_API_NOT_FOUND', 'There is no such mail.');
    }
    case 'POST outbox/*/*': {
      const mail = mails.find((each) => each.id === path[1])!;
      mail.state = 'pending';
      return ok(Api.MailView, mail);
    }
    case 'POST mail/*':
      return { status: 200, body: { ok: false, detail: 'connect ECONNREFUSED 192.0.2.25:587' } };
    case 'GET tenants':
      return { status: 200, body: { items: tenants } };
    case 'POST tenants': {
      const made = Api.TenantView.parse({ ...Api.NewTenant.parse(body), demo: false, createdAt: Date.now() });
      tenants.push(made);
      return { status: 200, body: made };
    }
    case 'GET tenants/*':
      return tenant
        ? ok(Api.TenantView, tenant)
        : fail(404, 'VIGIE_API_NOT_FOUND', 'There is no such tenant.');
    case 'PATCH tenants/*':
      return ok(Api.TenantView, Object.assign(tenant!, Api.TenantPatch.parse(body)));
    case 'DELETE tenants/*':
      tenants.splice(tenants.indexOf(tenant!), 1);
      return { status: 204 };
    case 'GET users':
      return { status: 200, body: { items: users } };
    case 'POST users': {
      const user = Api.UserView.parse({
        ...Api.NewUser.parse(body),
        id: `u${users.length + 1}`,
        createdAt: Date.now(),
        lastSignInAt: null,
        language: null,
        mayChange: true,
      });
      users.push(user);
      return { status: 200, body: { user, oneTimePassword: 'brine-lantern-4410' } };
    }
    case 'GET service-accounts':
      return ok(z.object({ items: z.array(Api.ServiceAccountView) }), { items: services });
    case 'GET sessions':
    case 'GET users/*/sessions':
      return ok(z.object({ items: z.array(Api.SignedInView) }), { items: signedIn });
    case 'GET keys':
      return { status: 200, body: { items: keys } };
    case 'POST keys':
    case 'POST service-accounts/*/*': {
      const key = Api.ApiKeyView.parse({
        ...Api.NewApiKey.parse(body),
        id: `k${keys.length + 1}`,
        owner: { kind: 'service', id: 's1', name: 'Reporting' },
        createdAt: Date.now(),
        createdBy: 'Aline Leroy',
        mayRemove: true,
        lastUsedAt: null,
      });
      keys.push(key);
      return { status: 200, body: { key, secret: 'vigie_k_3f1c9e55d2' } };
    }
    case 'DELETE keys/*':
      keys = keys.filter((each) => each.id !== path[1]);
      return { status: 204 };
    default:
      return fail(404, 'VIGIE_API_NOT_FOUND', `No route ${route}.`);
  }
}

function secret(id: string): z.infer<typeof Api.SourceSecret> {
  const token = 'vgs_7Jm2Qe9wTb4Zx1';
  return {
    token,
    snippets: [
      {
        shipper: 'curl',
        title: 'Send one line now',
        language: 'sh',
        text: `echo '{"message":"hello"}' | curl -H 'Authorization: Bearer ${token}' \\\n  --data-binary @- http://127.0.0.1:8080/api/ingest/${id}`,
      },
      {
        shipper: 'rsyslog',
        title: 'rsyslog over TCP',
        language: 'conf',
        text: '*.* action(type="omfwd" target="127.0.0.1" port="5514" protocol="tcp"\n  queue.type="linkedList" queue.size="50000")',
      },
      {
        shipper: 'filebeat',
        title: 'Filebeat',
        language: 'yaml',
        text: `output.elasticsearch:\n  hosts: ["http://127.0.0.1:8080"]\n  api_key: "${id}:${token}"`,
      },
      {
        shipper: 'fluent-bit',
        title: 'Fluent Bit',
        language: 'conf',
        text: `[OUTPUT]\n    Name http\n    Match *\n    Host 127.0.0.1\n    Port 8080\n    URI /api/ingest/${id}\n    Header Authorization Bearer ${token}`,
      },
    ],
  };
}
