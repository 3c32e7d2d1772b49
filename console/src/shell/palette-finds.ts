import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries.ts';
import { assetQueries } from '../assets/queries.ts';
import { useIncidentActions } from '../incidents/actions.ts';
import { procedureQueries } from '../procedures/procedure-queries.ts';
import { useMay, useScope, useTenantName } from '../session.ts';
import { t } from './strings.ts';

/** Something that the palette offers: a line, and what it does. */
export interface Command {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly detail?: string;
  readonly run: () => void;
}

/** How many of a kind are offered: the palette leads to one thing, lists have their own pages. */
const MOST = 4;

/** Rules, assets, procedures and people whose names have the typed words; asked for only from two letters on. */
export function useFound(typed: string, navigate: (to: string) => void): Command[] {
  const { tenant } = useScope();
  const nameOf = useTenantName();
  const long = typed.length > 1;
  const rules = useInfiniteQuery({
    ...queries.rules({ q: typed, state: 'all', sort: 'hits', limit: MOST }),
    enabled: useMay('rules.read') && long,
  });
  const assets = useInfiniteQuery({
    ...assetQueries.list({ q: typed, tenant, limit: MOST }),
    enabled: useMay('assets.read') && long,
  });
  const procedures = useQuery({
    ...procedureQueries.list(),
    enabled: useMay('procedures.read') && long,
    staleTime: 300_000,
  });
  const people = useQuery({ ...queries.owners(), enabled: useMay('comments.internal') && long });
  const words = typed.toLowerCase().split(/\s+/);
  const fits = (label: string) => words.every((word) => label.toLowerCase().includes(word));
  if (!long) return [];
  return [
    ...(rules.data?.pages[0]?.items ?? []).map(({ id, title, state }) => ({
      id: `rule ${id}`,
      group: t.groupRules,
      label: title,
      detail: state,
      run: () => navigate(`/rules/${encodeURIComponent(id)}`),
    })),
    ...(assets.data?.pages[0]?.items ?? []).map(({ id, tenant: of, name }) => ({
      id: `asset ${of} ${id}`,
      group: t.groupAssets,
      label: name,
      detail: nameOf(of),
      run: () => navigate(`/assets/${of}/${encodeURIComponent(id)}`),
    })),
    ...(procedures.data?.items ?? [])
      .filter(({ title }) => fits(title))
      .slice(0, MOST)
      .map(({ id, key, title }) => ({
        id: `procedure ${key ?? id}`,
        group: t.groupProcedures,
        label: title,
        run: () => navigate(key === null ? `/procedures/shipped/${id}` : `/procedures/own/${key}`),
      })),
    ...(people.data?.items ?? [])
      .filter(({ name }) => fits(name))
      .slice(0, MOST)
      .map(({ id, name }) => ({
        id: `person ${id}`,
        group: t.groupPeople,
        label: name,
        detail: t.theirIncidents,
        run: () => navigate(`/incidents?owner=${encodeURIComponent(id)}`),
      })),
  ];
}

/** What can be done from anywhere: take the incident that is named, and begin something new. */
export function useDeeds(typed: string, navigate: (to: string) => void): Command[] {
  const actions = useIncidentActions();
  const takes = useMay('incidents.handle');
  const excepts = useMay('exceptions.write');
  const writesRules = useMay('rules.write');
  const writesProcedures = useMay('procedures.write');
  const number = /(?:^|\s)inc-?(\d{1,9})$/i.exec(typed)?.[1];
  const group = t.groupActions;
  return [
    ...(takes && number !== undefined
      ? [{ id: 'take', group, label: t.take(number), run: () => actions.assignToMe([Number(number)]) }]
      : []),
    ...(excepts
      ? [{ id: 'exception', group, label: t.newException, run: () => navigate('/exceptions?make=1') }]
      : []),
    ...(writesRules ? [{ id: 'rule', group, label: t.newRule, run: () => navigate('/rules/new') }] : []),
    ...(writesProcedures
      ? [{ id: 'procedure', group, label: t.newProcedure, run: () => navigate('/procedures/new') }]
      : []),
  ];
}
