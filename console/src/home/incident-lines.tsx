import { useInfiniteQuery } from '@tanstack/react-query';
import type { AssetMark } from '@vigie/contracts/api';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import type { IncidentQuery, IncidentSummary } from '../api/types.ts';
import { notable, useIncidentMarks } from '../asset-marks/use-marks.ts';
import { RowWarning } from '../asset-marks/warnings.tsx';
import { useScope, useSeveralTenants, useTenantName } from '../session.ts';
import { Severity } from '../ui/severity.tsx';
import { Age } from '../ui/time-view.tsx';
import { Card, Lines } from './card.tsx';
import css from './home.module.css';

/** A line about an incident: how bad, what, whose, since when. */
export function IncidentLine({
  incident,
  marks,
}: {
  incident: Pick<IncidentSummary, 'id' | 'title' | 'level' | 'tenant'> & { readonly createdAt?: number };
  /** What must be said of its machines and people. */
  marks?: readonly AssetMark[] | undefined;
}) {
  const nameOf = useTenantName();
  const several = useSeveralTenants();
  return (
    <>
      <Severity level={incident.level} compact />
      <Link href={`/incidents/${incident.id}`} className={css.main}>
        <span className={css.id}>INC-{incident.id}</span> {incident.title}
      </Link>
      <span className={css.aside}>
        {several && `${nameOf(incident.tenant)} · `}
        {incident.createdAt !== undefined && <Age at={incident.createdAt} suffix />}
      </span>
      {marks !== undefined && notable(marks).length > 0 && (
        <span className={`${css.below} ${css.warning}`}>
          <RowWarning marks={marks} />
        </span>
      )}
    </>
  );
}

/** The first incidents of a narrowed queue. */
export function IncidentCard(props: {
  title: string;
  empty: string;
  /** Query string of the queue's page. */
  to: string;
  query: Partial<Omit<IncidentQuery, 'cursor'>>;
}) {
  const { tenant } = useScope();
  const query = useInfiniteQuery(
    queries.incidents({ status: 'open', sort: 'urgency', ...props.query, tenant, limit: 6 }),
  );
  const page = query.data?.pages[0];
  const marks = useIncidentMarks(page?.items ?? []);
  return (
    <Card
      title={props.title}
      empty={props.empty}
      to={`/incidents?${props.to}${tenant === undefined ? '' : `&tenant=${tenant}`}`}
      asked={{ data: page, isPending: query.isPending, error: query.error, refetch: query.refetch }}
    >
      {({ items, total }) =>
        Lines({
          items,
          ...(total === undefined ? {} : { total }),
          keyOf: ({ id }) => id,
          children: (incident) => <IncidentLine incident={incident} marks={marks.get(incident.id)} />,
        })
      }
    </Card>
  );
}
