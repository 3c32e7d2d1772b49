import type { Event, QueryNode } from '@vigie/contracts';
import type { AssetDetail, AssetTimeline, AssetTimelineEntry } from '@vigie/contracts/api';
import type { EventPage } from '../api/ports.ts';
import { identifierOf, isCommonName } from '../assets/index.ts';

type Asset = Pick<AssetDetail, 'kind' | 'identifiers' | 'addresses' | 'firstAt'>;

const DAY = 86_400_000;
/** Days of events looked at for one page of a timeline. */
const WINDOW = 14 * DAY;

/** Events that name an asset; undefined where it has no name that events could say. */
export function eventsOf({ kind, identifiers }: Asset): QueryNode | undefined {
  const own = identifiers
    .filter(({ shared }) => !shared)
    .map(({ type, value }) => identifierOf(`${type}:${value}`));
  const eq = (field: string, value: string): QueryNode => ({ op: 'eq', field, value });
  const inDirectory = own.some(({ type }) => type === 'sid' || type === 'guid' || type === 'address');
  const items = own.slice(0, 40).flatMap(({ type, value }): QueryNode[] => {
    const tail = value.slice(value.indexOf(':') + 1);
    if (kind === 'host') {
      if (type === 'fqdn' || type === 'name') return [eq('host.name', value)];
      return type === 'host-id' ? [eq('host.id', tail)] : [];
    }
    const cut = value.indexOf('\\');
    const [area, name] = [value.slice(0, cut), value.slice(cut + 1)];
    switch (type) {
      case 'sid':
        return [eq('user.id', value)];
      case 'guid':
        return [eq('user.id', tail)];
      case 'address':
        return [eq('user.email', value), eq('user.name', value)];
      case 'account':
        return [
          eq('user.name', value),
          {
            op: 'and',
            items: [
              eq('user.name', name),
              {
                op: 'or',
                items: [
                  eq('user.domain', area),
                  { op: 'wildcard', field: 'user.domain', pattern: `${area}.*` },
                ],
              },
            ],
          },
          ...(inDirectory && !isCommonName(name)
            ? [
                {
                  op: 'and',
                  items: [eq('user.name', name), { op: 'not', item: { op: 'exists', field: 'user.domain' } }],
                } as const,
              ]
            : []),
        ];
      case 'local':
        return [
          {
            op: 'and',
            items: [
              eq('user.name', name),
              {
                op: 'or',
                items: [eq('host.name', area), { op: 'wildcard', field: 'host.name', pattern: `${area}.*` }],
              },
            ],
          },
        ];
      case 'name':
        return [
          {
            op: 'and',
            items: [eq('user.name', value), { op: 'not', item: { op: 'exists', field: 'host.name' } }],
          },
        ];
      default:
        return [];
    }
  });
  return items.length === 0 ? undefined : { op: 'or', items };
}

/** What is told of events: sign-ins, changes of configuration, accounts and programs. */
const NOTABLE: QueryNode = {
  op: 'or',
  items: ['authentication', 'configuration', 'iam', 'package'].map((value) => ({
    op: 'eq',
    field: 'event.category',
    value,
  })),
};

/**
 * One page of what happened around an asset, newest first. State and events are read apart, each up to a limit: what
 * is older than the end of the shorter one waits for the next page, so that nothing is told out of order or left out.
 */
export async function assetTimeline(options: {
  readonly asset: Asset;
  readonly before: number;
  readonly limit: number;
  readonly story: () => Promise<AssetTimelineEntry[]>;
  readonly search: (where: QueryNode, from: number) => Promise<EventPage>;
}): Promise<AssetTimeline> {
  const { asset, before, limit, story, search } = options;
  const names = eventsOf(asset);
  const from = before - WINDOW;
  const [told, page] = await Promise.all([
    story(),
    names === undefined ? { items: [] } : search({ op: 'and', items: [names, NOTABLE] }, from),
  ]);
  const ends = [
    names === undefined
      ? Number.NEGATIVE_INFINITY
      : page.items.length < limit
        ? from
        : page.items.at(-1)!.time,
  ];
  const byKind = new Map<string, AssetTimelineEntry[]>();
  for (const entry of told) {
    const list = byKind.get(entry.kind) ?? [];
    list.push(entry);
    byKind.set(entry.kind, list);
  }
  // Comments and records are read as one.
  for (const kinds of [['comment', 'record'], ['software'], ['incident'], ['alert']]) {
    const list = kinds.flatMap((kind) => byKind.get(kind) ?? []);
    if (list.length >= limit) ends.push(Math.min(...list.map(({ at }) => at)));
  }
  const end = Math.max(...ends);
  const items = [...told, ...page.items.map(entryOf)]
    .filter(({ at }) => at >= end)
    .sort((a, b) => b.at - a.at);
  // Before its first event there are only the records of the state, and those are here unless they were cut off.
  const more = ends.length > 1 || end > (asset.firstAt ?? Number.POSITIVE_INFINITY);
  return { items, ...(more ? { next: end } : {}) };
}

function entryOf({ id, time, fields }: Event): AssetTimelineEntry {
  const categories = [fields['event.category'] ?? []].flat();
  const kind = categories.includes('authentication')
    ? 'logon'
    : categories.includes('package')
      ? 'software'
      : 'change';
  const said = [
    fields['event.action'] ?? fields['event.code'],
    fields['event.outcome'],
    fields['user.name'],
    fields['host.name'],
    fields['source.ip'],
    fields['package.name'],
  ];
  return {
    at: time,
    kind,
    text: said
      .filter((each) => each !== undefined && each !== '')
      .map(String)
      .join(' · ')
      .slice(0, 500),
    event: { id, at: time },
  };
}

/** The addresses that an asset's newest events of a day speak with, those of most events first. */
export async function peersOf(
  asset: Asset,
  search: (where: QueryNode) => Promise<EventPage>,
): Promise<{ ip: string; count: number }[]> {
  const names = eventsOf(asset);
  const own = new Set(asset.addresses.slice(0, 20).map(({ ip }) => ip));
  const items: QueryNode[] = [
    ...(names === undefined ? [] : [names]),
    ...(asset.kind === 'host'
      ? [...own].flatMap((value): QueryNode[] => [
          { op: 'eq', field: 'source.ip', value },
          { op: 'eq', field: 'destination.ip', value },
        ])
      : []),
  ];
  if (items.length === 0) return [];
  const page = await search({
    op: 'and',
    items: [
      { op: 'or', items },
      {
        op: 'or',
        items: [
          { op: 'exists', field: 'source.ip' },
          { op: 'exists', field: 'destination.ip' },
        ],
      },
    ],
  });
  const counts = new Map<string, number>();
  for (const { fields } of page.items)
    for (const ip of new Set([fields['source.ip'], fields['destination.ip']]))
      if (typeof ip === 'string' && !own.has(ip)) counts.set(ip, (counts.get(ip) ?? 0) + 1);
  return [...counts]
    .map(([ip, count]) => ({ ip, count }))
    .sort((a, b) => b.count - a.count || (a.ip < b.ip ? -1 : 1))
    .slice(0, 12);
}
