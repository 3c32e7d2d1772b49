import { useMemo } from 'react';
import type { IncidentQuery, Level, Verdict } from '../api/types.ts';
import { oneOf, type UrlPatch, useUrl } from '../url.ts';

/** Values of the address's `status`, in the order of the tabs. */
export const STATUSES = [
  'open',
  'new',
  'in-progress',
  'waiting-for-client',
  'contained',
  'closed',
  'all',
] as const;
/** Values of the address's `sort`. */
export const SORTS = ['urgency', 'due', 'severity', 'recent', 'age'] as const;
/** Values of the address's `level`, highest first as a person chooses. */
export const LEVELS = [
  'critical',
  'high',
  'medium',
  'low',
  'informational',
] as const satisfies readonly Level[];
/** Values of the address's `since`. */
export const SINCES = ['any', '1h', '8h', '24h', '7d', '30d'] as const;
const VERDICTS = ['any', 'none', 'true-positive', 'benign-true-positive', 'false-positive'] as const;

/** The queue's filters as the address has them; empty strings where nothing is asked for. */
export interface QueueParams {
  readonly status: (typeof STATUSES)[number];
  readonly sort: (typeof SORTS)[number];
  readonly level: Level | undefined;
  readonly q: string;
  readonly owner: string;
  readonly verdict: Verdict | 'none' | '';
  readonly technique: string;
  readonly entity: string;
  readonly since: (typeof SINCES)[number];
  readonly changed: boolean;
}

/** Takes every filter away. */
export const NO_FILTERS: UrlPatch = {
  status: '',
  level: '',
  q: '',
  owner: '',
  verdict: '',
  technique: '',
  entity: '',
  since: '',
  changed: '',
};

/** The filters in the address, and how to change them. */
export function useQueueParams(): { queue: QueueParams; patch: (values: UrlPatch) => void } {
  const { params, patch } = useUrl();
  const queue = useMemo((): QueueParams => {
    const verdict = oneOf(params.get('verdict'), VERDICTS, 'any');
    return {
      status: oneOf(params.get('status'), STATUSES, 'open'),
      sort: oneOf(params.get('sort'), SORTS, 'urgency'),
      level: LEVELS.find((each) => each === params.get('level')),
      q: params.get('q') ?? '',
      owner: params.get('owner') ?? '',
      verdict: verdict === 'any' ? '' : verdict,
      technique: params.get('technique') ?? '',
      entity: params.get('entity') ?? '',
      since: oneOf(params.get('since'), SINCES, 'any'),
      changed: params.get('changed') === 'yes',
    };
  }, [params]);
  return { queue, patch };
}

/** What the API is asked for. */
export function queryOf(
  queue: QueueParams,
  tenant: string | undefined,
): Omit<IncidentQuery, 'cursor' | 'limit'> {
  const { status, sort, level, q, owner, verdict, technique, entity, since, changed } = queue;
  return {
    status,
    sort,
    ...(tenant === undefined ? {} : { tenant }),
    ...(level === undefined ? {} : { minLevel: level }),
    ...(q === '' ? {} : { q }),
    ...(owner === '' ? {} : { owner }),
    ...(verdict === '' ? {} : { verdict }),
    // Half a technique is no filter yet.
    ...(/^T\d{4}(?:\.\d{3})?$/i.test(technique) ? { technique } : {}),
    ...(entity === '' ? {} : { entity }),
    ...(since === 'any' ? {} : { since }),
    ...(changed ? { changed: 'yes' as const } : {}),
  };
}

/** The address's parameters of a saved view; everything else is taken away. */
export function patchOf(query: Partial<IncidentQuery>): UrlPatch {
  const { status, minLevel, sort } = query;
  return {
    ...NO_FILTERS,
    tenant: query.tenant,
    sort: sort === 'urgency' ? '' : sort,
    status: status === 'open' ? '' : status,
    level: minLevel,
    q: query.q,
    owner: query.owner,
    verdict: query.verdict,
    technique: query.technique,
    entity: query.entity,
    since: query.since,
    changed: query.changed,
  };
}

/** Filters that are on, of those behind the button. */
export function hiddenOn({ owner, verdict, technique, entity, since, changed, level }: QueueParams): number {
  return [
    owner !== '',
    verdict !== '',
    technique !== '',
    entity !== '',
    since !== 'any',
    changed,
    level !== undefined,
  ].filter(Boolean).length;
}
