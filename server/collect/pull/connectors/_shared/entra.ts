import { z } from 'zod';
import type { PullRun } from '../../connector.ts';
import { secret } from '../../fields.ts';
import type { HttpAnswer } from '../../http-client.ts';
import { listItems, readObject, textOf } from '../../items.ts';
import { clientCredentials, OAuth } from '../../oauth.ts';
import type { Secret } from '../../secret.ts';
import type { Window } from '../../window.ts';
import { iso, nextUrl, type TimedLog, type WindowPage } from './windows.ts';

/** What every connector to Microsoft's clouds asks for. */
export const entraFields = {
  tenantId: z.guid('a GUID').meta({
    title: 'Directory (tenant) ID',
    description: 'Of the organisation whose log is fetched.',
    destination: true,
  }),
  clientId: z.guid('a GUID').meta({
    title: 'Application (client) ID',
    description: 'Of the application that was registered for Vigie.',
  }),
  clientSecret: secret({
    title: 'Client secret',
    description: 'The secret’s value, not its ID.',
  }),
} as const;

/** Where Microsoft's clouds are. */
export const CLOUDS = ['global', 'us-government', 'us-dod', 'china'] as const;
export type Cloud = (typeof CLOUDS)[number];

export const cloudField = z.enum(CLOUDS).default('global').meta({
  title: 'Cloud',
  description: 'global, unless Microsoft hosts the organisation in a national cloud.',
  destination: true,
});

const LOGIN: Readonly<Record<Cloud, string>> = {
  global: 'login.microsoftonline.com',
  'us-government': 'login.microsoftonline.us',
  'us-dod': 'login.microsoftonline.us',
  china: 'login.partner.microsoftonline.cn',
};
const GRAPH: Readonly<Record<Cloud, string>> = {
  global: 'graph.microsoft.com',
  'us-government': 'graph.microsoft.us',
  'us-dod': 'dod-graph.microsoft.us',
  china: 'microsoftgraph.chinacloudapi.cn',
};

export interface EntraSettings {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly cloud: Cloud;
}

type Run = Pick<
  PullRun<EntraSettings>,
  'settings' | 'http' | 'memory' | 'redactor' | 'now' | 'checkpoint' | 'signal'
>;

/** Tokens of an application of its own, for one of Microsoft's APIs (`https://graph.microsoft.com`). */
export function entra(run: Run, resource: string): OAuth {
  const { tenantId, clientId, clientSecret, cloud } = run.settings;
  return new OAuth(
    run,
    clientCredentials({
      url: new URL(`https://${LOGIN[cloud]}/${tenantId}/oauth2/v2.0/token`),
      id: clientId,
      secret: clientSecret,
      scope: `${resource}/.default`,
    }),
  );
}

/** A collection of Microsoft Graph that is asked for by a time of its items. */
export interface GraphLog {
  readonly name: string;
  /** Below `/v1.0/`. */
  readonly path: string;
  /** The member of an item, and of the filter, that holds its time. */
  readonly time: string;
  readonly ordered: boolean;
  readonly top: number;
  /** Items change: one that was updated is an item of its own. */
  readonly versioned: boolean;
  readonly window: TimedLog['window'];
}

/** Fetches collections of Microsoft Graph (OData: `$filter`, `@odata.nextLink`). */
export function graphLogs(run: Run, logs: readonly GraphLog[]): TimedLog[] {
  const graph = new URL(`https://${GRAPH[run.settings.cloud]}`);
  const oauth = entra(run, graph.origin);
  return logs.map((log) => ({
    name: log.name,
    window: log.window,
    page: async (window: Window): Promise<WindowPage> => {
      const url = window.next === undefined ? firstUrl(graph, log, window) : nextUrl(window.next, graph);
      const answer = await oauth.call({ url, headers: { accept: 'application/json' } });
      const items = listItems(answer.body, ['value'], log.path).map(({ text, value }) => {
        const time = textOf(value, log.time);
        const id = textOf(value, 'id');
        const at = time === undefined ? Number.NaN : Date.parse(time);
        return {
          text,
          id: id === undefined ? text : `${log.name}:${id}${log.versioned ? `@${time}` : ''}`,
          ...(Number.isNaN(at) ? {} : { at }),
        };
      });
      const next = textOf(readObject(answer.body, log.path), '@odata.nextLink');
      return { items, next: next === undefined ? undefined : nextUrl(next, graph).href };
    },
  }));
}

function firstUrl(graph: URL, { path, time, ordered, top }: GraphLog, { from, to }: Window): URL {
  const url = new URL(`/v1.0/${path}`, graph);
  url.searchParams.set('$filter', `${time} ge ${iso(from)} and ${time} lt ${iso(to)}`);
  if (ordered) url.searchParams.set('$orderby', `${time} asc`);
  url.searchParams.set('$top', String(top));
  return url;
}

/** One item of each collection, which needs the same permissions as all of them. */
export async function probeGraph(run: Run, logs: readonly GraphLog[]): Promise<string> {
  const graph = new URL(`https://${GRAPH[run.settings.cloud]}`);
  const oauth = entra(run, graph.origin);
  for (const { path } of logs) {
    const url = new URL(`/v1.0/${path}`, graph);
    url.searchParams.set('$top', '1');
    const answer: HttpAnswer = await oauth.call({ url, headers: { accept: 'application/json' } });
    listItems(answer.body, ['value'], path);
  }
  return `Can be read: ${logs.map(({ name }) => name).join(', ')}.`;
}
