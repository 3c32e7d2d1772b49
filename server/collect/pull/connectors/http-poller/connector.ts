import {
  defineConnector,
  type PullItem,
  type PullPage,
  type PullRun,
  type SettingsOf,
} from '../../connector.ts';
import { PullError } from '../../errors.ts';
import type { HttpAnswer, HttpRequest } from '../../http-client.ts';
import { instantOf, listItems, readJson } from '../../items.ts';
import { parsePath, valueAt } from '../../json-path.ts';
import { linkTarget } from '../../link-header.ts';
import { clientCredentials, OAuth } from '../../oauth.ts';
import { iso, nextUrl, pullWindows, type WindowPage } from '../_shared/windows.ts';
import { check, schema } from './settings.ts';
import { fillBody, fillUrl, type Places } from './template.ts';

type Run = PullRun<SettingsOf<typeof schema, 'token' | 'password' | 'clientSecret'>>;

const HOUR = 3_600_000;
/** Marks of what a kept next page is. */
const URL_MARK = 'url:';

export default defineConnector({
  id: 'http-poller',
  name: 'Any JSON API',
  vendor: 'any',
  summary: 'Fetches JSON items from an HTTP API of your choice: by span of time or cursor, page after page.',
  technologies: [],
  everySeconds: 300,
  schema,
  secrets: ['token', 'password', 'clientSecret'],
  check,
  permissions: ['Reading the log, and nothing else'],
  setup: `1. Look up in the service's documentation how its log is asked for, and make a credential that may read it only.
2. Write the address with placeholders, e.g. \`https://api.example.org/v1/audit?from={since}&to={until}&limit=500\`.
3. Say where in the answer the items are (\`data.events\`), what an item is known by (\`id\`) and its time (\`created_at\`).
   Paths name members and places (\`a.b[0]\`, \`a["x.y"]\`); there are no expressions.
4. Test, then look at the source's first events.`,
  delivery: `By time: from where the last span ended, less the overlap. By cursor: from the last cursor. Items are known by the
identity you name, or by their whole text: then two equal items are one. Next pages must be at the same host.`,
  references: ['https://www.rfc-editor.org/rfc/rfc8288'],
  pull(run: Run) {
    const { ask, lookBackHours, overlapMinutes, spanHours } = run.settings;
    if (ask === 'cursor') return followCursor(run);
    return pullWindows(run, [
      {
        name: 'log',
        window: {
          lookBack: lookBackHours * HOUR,
          overlap: overlapMinutes * 60_000,
          lag: 0,
          span: spanHours * HOUR,
        },
        page: (window) => fetchPage(run, { since: window.from, until: window.to }, window.next),
      },
    ]);
  },
  async probe(run: Run) {
    const now = run.http.serviceNow();
    const { items } = await fetchPage(run, { since: now - HOUR, until: now }, undefined);
    const timed = items.filter(({ at }) => at !== undefined).length;
    return items.length === 0
      ? 'The service answers; there is no item in the last hour.'
      : `The service answers with ${items.length} items, ${timed} of them with a time.`;
  },
});

/** The service says where to go on; the last cursor is where the next fetch begins. */
async function* followCursor(run: Run): AsyncGenerator<PullPage> {
  const kept = run.checkpoint as { next?: unknown } | null | undefined;
  let next = typeof kept?.next === 'string' ? kept.next : undefined;
  const since = run.http.serviceNow() - run.settings.lookBackHours * HOUR;
  for (;;) {
    const page = await fetchPage(run, { since, until: run.http.serviceNow() }, next);
    const more = page.next !== undefined && page.next !== next && page.items.length > 0;
    next = page.next ?? next;
    yield {
      items: page.items,
      ...(next === undefined ? {} : { checkpoint: { next } }),
      ...(more ? {} : { coveredTo: run.http.serviceNow() }),
    };
    if (!more) return;
  }
}

async function fetchPage(
  run: Run,
  span: { readonly since: number; readonly until: number },
  next: string | undefined,
): Promise<WindowPage> {
  const { settings } = run;
  const url = pageUrl(run, span, next);
  const places = placesOf(run, span, next);
  const answer = await call(run, {
    url,
    method: settings.method,
    headers: {
      accept: 'application/json',
      ...Object.fromEntries(
        settings.headers.map((header) => {
          const at = header.indexOf(':');
          return [header.slice(0, at).toLowerCase(), header.slice(at + 1).trim()];
        }),
      ),
      ...(settings.method === 'POST' ? { 'content-type': 'application/json' } : {}),
    },
    ...(settings.method === 'POST' ? { body: fillBody(settings.body ?? '{}', places) } : {}),
  });
  const what = `${url.host}${url.pathname}`;
  const items = readItems(run, answer, what);
  return { items, next: nextOf(run, answer, url, items.length, next, what) };
}

function readItems({ settings }: Run, answer: HttpAnswer, what: string): PullItem[] {
  const [itemsAt, idAt, timeAt] = [settings.items, settings.id, settings.time].map(
    (path) => parsePath(path) ?? [],
  );
  const names = itemsAt!.map(String);
  return listItems(answer.body, names, what).map(({ text, value }) => {
    const id = idAt!.length === 0 ? undefined : valueAt(value, idAt!);
    const time = timeAt!.length === 0 ? undefined : valueAt(value, timeAt!);
    const at = typeof time === 'string' || typeof time === 'number' ? instantOf(time) : undefined;
    return {
      text,
      id: typeof id === 'string' || typeof id === 'number' ? String(id) : text,
      ...(at === undefined ? {} : { at }),
    };
  });
}

function nextOf(
  { settings }: Run,
  answer: HttpAnswer,
  url: URL,
  count: number,
  before: string | undefined,
  what: string,
): string | undefined {
  switch (settings.paging) {
    case 'none':
      return undefined;
    case 'page-number':
      return count === 0 ? undefined : String(Number(before ?? settings.firstPage) + 1);
    case 'link-header': {
      const link = linkTarget(answer.headers['link'], 'next');
      return link === undefined ? undefined : URL_MARK + nextUrl(link, url).href;
    }
    default: {
      const next = valueAt(readJson(answer.body, what), parsePath(settings.next) ?? []);
      if (next === undefined || next === null || next === '' || next === false) return undefined;
      if (typeof next !== 'string' && typeof next !== 'number')
        throw new PullError(
          'VIGIE_PULL_BAD_ANSWER',
          `the answer of ${what} has no cursor at "${settings.next}"`,
        );
      return settings.paging === 'next-url' ? URL_MARK + nextUrl(String(next), url).href : String(next);
    }
  }
}

function placesOf(
  { settings }: Run,
  span: { since: number; until: number },
  next: string | undefined,
): Places {
  const form = (at: number) =>
    settings.timeFormat === 'rfc3339'
      ? iso(at)
      : settings.timeFormat === 'seconds'
        ? Math.floor(at / 1000)
        : Math.floor(at);
  return {
    since: form(span.since),
    until: form(span.until),
    ...(settings.paging === 'page-number'
      ? { page: Number(next ?? settings.firstPage) }
      : next === undefined || next.startsWith(URL_MARK)
        ? {}
        : { cursor: next }),
  };
}

function pageUrl(run: Run, span: { since: number; until: number }, next: string | undefined): URL {
  const { settings } = run;
  const places = placesOf(run, span, next);
  if (next?.startsWith(URL_MARK) === true)
    return nextUrl(next.slice(URL_MARK.length), fillUrl(settings.url, places));
  const url = fillUrl(settings.url, places);
  const templates = `${settings.url}${settings.body ?? ''}`;
  if (places.cursor !== undefined && !templates.includes('{cursor}'))
    url.searchParams.set(settings.cursorParameter, places.cursor);
  if (places.page !== undefined && !templates.includes('{page}'))
    url.searchParams.set(settings.cursorParameter, String(places.page));
  return url;
}

function call(run: Run, request: HttpRequest): Promise<HttpAnswer> {
  const { settings } = run;
  if (settings.auth === 'oauth2' && settings.tokenUrl !== undefined && settings.clientSecret !== undefined)
    return new OAuth(
      run,
      clientCredentials({
        url: new URL(settings.tokenUrl),
        id: settings.clientId ?? '',
        secret: settings.clientSecret,
        how: settings.clientAuth,
        ...(settings.scope === undefined ? {} : { scope: settings.scope }),
        ...(settings.audience === undefined ? {} : { audience: settings.audience }),
      }),
    ).call(request);
  return run.http.call({ ...request, headers: { ...request.headers, ...credential(run) } });
}

function credential({ settings, redactor }: Run): Record<string, string> {
  switch (settings.auth) {
    case 'bearer':
      return { authorization: `Bearer ${settings.token?.reveal() ?? ''}` };
    case 'header':
      return { [settings.tokenHeader.toLowerCase()]: settings.token?.reveal() ?? '' };
    case 'basic': {
      const pair = Buffer.from(`${settings.user ?? ''}:${settings.password?.reveal() ?? ''}`).toString(
        'base64',
      );
      redactor.add(pair);
      return { authorization: `Basic ${pair}` };
    }
    default:
      return {};
  }
}
