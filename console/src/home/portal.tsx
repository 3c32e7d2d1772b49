import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import { useIncidentMarks } from '../asset-marks/use-marks.ts';
import { t as clientWords } from '../client-view/strings/strings.ts';
import { useClockName } from '../clocks/clock-name.ts';
import { clockQueries } from '../clocks/queries.ts';
import { scoped, useMay, useScope } from '../session.ts';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Card, Lines } from './card.tsx';
import css from './home.module.css';
import { IncidentLine } from './incident-lines.tsx';
import { homeQueries } from './queries.ts';
import { WatchedSources } from './sources-cards.tsx';
import { t } from './strings.ts';
import { thingsOf, WaitingCard } from './waiting-lines.tsx';
import { wellnessOf } from './wellness.ts';

/** What a client wants to know of its security, in plain language. */
export default function Portal() {
  const { tenant } = useScope();
  const may = useMay('incidents.respond');
  const recent = useInfiniteQuery(
    queries.incidents({ tenant, status: 'all', since: '30d', sort: 'recent', limit: 8 }),
  );
  const marks = useIncidentMarks(recent.data?.pages[0]?.items ?? []);
  return (
    <>
      <Verdict may={may} />
      <WaitingCard own may={may} />
      <Card
        title={t.recent}
        empty={t.recentEmpty}
        to="/incidents?status=all&since=30d"
        asked={{
          data: recent.data?.pages[0],
          isPending: recent.isPending,
          error: recent.error,
          refetch: recent.refetch,
        }}
      >
        {({ items, total }) =>
          Lines({
            items,
            ...(total === undefined ? {} : { total }),
            most: 8,
            keyOf: ({ id }) => id,
            children: (incident) => (
              <>
                <IncidentLine incident={incident} marks={marks.get(incident.id)} />
                <span className={css.below}>
                  {clientWords.status[incident.status]}
                  {incident.verdict !== null && ` ${clientWords.verdict[incident.verdict]}`}
                </span>
              </>
            ),
          })
        }
      </Card>
      <WatchedSources />
      <Contacts />
      <Kept />
    </>
  );
}

/** Is all well? One sentence, and why. */
function Verdict({ may }: { may: boolean }) {
  const { tenant } = useScope();
  const open = useInfiniteQuery(queries.incidents({ tenant, status: 'open', sort: 'severity', limit: 50 }));
  const waiting = useQuery(homeQueries.waiting(tenant));
  const sources = useQuery(queries.sources(tenant));
  const page = open.data?.pages[0];
  const failed = open.error ?? waiting.error ?? sources.error;
  if (page === undefined || waiting.data === undefined || sources.data === undefined)
    return failed === null ? (
      <SkeletonRows rows={2} />
    ) : (
      <ErrorState
        error={failed}
        onRetry={() => void Promise.all([open.refetch(), waiting.refetch(), sources.refetch()])}
      />
    );
  const found = wellnessOf(page.items, may ? thingsOf(waiting.data, true).length : 0, sources.data.items);
  return (
    <section
      className={css.verdict}
      data-state={found.state}
      data-testid="wellness"
      aria-label={t.board.client}
    >
      <p className={css.big}>{t.well[found.state]}</p>
      <p>
        {found.state === 'serious' ? (
          <Link href={`/incidents/${found.incident.id}`}>{t.why.serious(found.incident.title)}</Link>
        ) : found.state === 'unwatched' ? (
          t.why.unwatched
        ) : (
          t.why[found.state](found.state === 'working' ? (page.total ?? found.count) : found.count)
        )}
      </p>
    </section>
  );
}

/** Whom we write to and call. */
function Contacts() {
  const { tenant } = useScope();
  const query = useQuery(queries.tenants());
  const first = tenant ?? query.data?.items[0]?.id;
  return (
    <Card
      title={t.contacts}
      empty={t.contactsEmpty}
      to={first === undefined ? '/tenants' : `/tenants/${first}`}
      asked={query}
    >
      {({ items }) =>
        Lines({
          items: items
            .filter(({ id }) => tenant === undefined || id === tenant)
            .flatMap(({ contacts }) => contacts),
          keyOf: ({ email }) => email,
          children: ({ name, email, phone }) => (
            <>
              <span />
              <span className={css.main}>
                {name} <span className="muted">{email}</span>
              </span>
              <span className={css.aside}>{phone}</span>
            </>
          ),
        })
      }
    </Card>
  );
}

/** How many promises of the contract were kept. */
function Kept() {
  const { tenant } = useScope();
  const nameOf = useClockName();
  const query = useQuery(clockQueries.statistics(tenant));
  return (
    <Card title={t.kept} empty={t.keptEmpty} to={scoped('/clocks')} asked={query}>
      {({ items }) => {
        const since = new Date(Date.now() - 92 * 86_400_000).toISOString().slice(0, 7);
        const kinds = new Map<string, { met: number; all: number }>();
        for (const { kind, month, met, breached } of items) {
          if (month < since || met + breached === 0) continue;
          const before = kinds.get(kind) ?? { met: 0, all: 0 };
          kinds.set(kind, { met: before.met + met, all: before.all + met + breached });
        }
        return Lines({
          items: [...kinds],
          keyOf: ([kind]) => kind,
          children: ([kind, { met, all }]) => (
            <>
              <span className={css.dot} data-health={met === all ? 'fine' : 'silent'} aria-hidden="true" />
              <span className={css.main}>{nameOf(kind)}</span>
              <span className={css.aside}>{t.keptOf(met, all)}</span>
            </>
          ),
        });
      }}
    </Card>
  );
}
