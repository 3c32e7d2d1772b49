import { useQuery } from '@tanstack/react-query';
import type { ClockBoardItem } from '@vigie/contracts/api';
import { Link } from 'wouter';
import { OwnerChoice } from '../incidents/owner-choice.tsx';
import { About, PageTitle } from '../plain/plain.tsx';
import { useMay, useMayForAll, useScope, useTenantName } from '../session.ts';
import { Severity } from '../ui/severity.tsx';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { useNow } from '../ui/time-view.tsx';
import { useUrl } from '../url.ts';
import { useClockName } from './clock-name.ts';
import { ClockState, Remaining } from './clock-state.tsx';
import css from './clocks.module.css';
import { OnCallNow } from './on-call-now.tsx';
import { clockQueries } from './queries.ts';
import { Statistics } from './statistics.tsx';
import { t } from './strings.ts';

const HOURS = [4, 12, 24, 72, 168, 720] as const;
const NOBODY = 'nobody';

/** What runs out in the next hours, whose it is, and to whom it could go. */
export default function Clocks() {
  const { params, patch } = useUrl();
  const { tenant } = useScope();
  const provider = useMayForAll('comments.internal');
  const within = HOURS.find((hours) => String(hours) === params.get('within')) ?? 24;
  const person = params.get('owner');
  const query = useQuery(clockQueries.board({ tenant, within }));
  const all = query.data?.items ?? [];
  const items = person === null ? all : all.filter((item) => ownerOf(item) === person);
  const now = Math.max(useNow(), Date.now());
  const late = all.filter(({ clock }) => clock.dueAt !== null && clock.dueAt <= now).length;
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle path="/clocks">{t.title}</PageTitle>
        {query.data && <span className="count">{query.data.total}</span>}
        <span className="spring" />
        <label className="row small">
          {t.within}
          <select
            className="select"
            value={within}
            onChange={(event) => patch({ within: event.target.value === '24' ? '' : event.target.value })}
          >
            {HOURS.map((hours) => (
              <option key={hours} value={hours}>
                {t.hours(hours)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <About path="/clocks" />
      {provider && <OnCallNow />}
      {query.isPending ? (
        <SkeletonRows rows={8} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : all.length === 0 ? (
        <Empty title={t.emptyTitle}>{t.emptyText}</Empty>
      ) : (
        <>
          <p className={css.summary} data-testid="clocks-summary">
            <strong>{t.late(late)}</strong>
            <span>{t.soon(all.length - late)}</span>
          </p>
          <People items={all} chosen={person} onChoose={(owner) => patch({ owner })} />
          <Table items={items} showTenant={tenant === undefined} />
        </>
      )}
      <Statistics tenant={tenant} />
    </div>
  );
}

function ownerOf(item: ClockBoardItem): string {
  return item.incident.owner?.id ?? NOBODY;
}

/** How much each person has before them; chosen, only theirs are listed. */
function People(props: {
  items: readonly ClockBoardItem[];
  chosen: string | null;
  onChoose: (owner: string) => void;
}) {
  const counts = new Map<string, { name: string; count: number }>();
  for (const item of props.items) {
    const id = ownerOf(item);
    const one = counts.get(id) ?? { name: item.incident.owner?.name ?? t.nobody, count: 0 };
    counts.set(id, { ...one, count: one.count + 1 });
  }
  return (
    <fieldset className={css.people} aria-label={t.byPerson}>
      <button type="button" aria-pressed={props.chosen === null} onClick={() => props.onChoose('')}>
        {t.everybody}
      </button>
      {[...counts]
        .sort((a, b) => b[1].count - a[1].count)
        .map(([id, { name, count }]) => (
          <button
            key={id}
            type="button"
            aria-pressed={props.chosen === id}
            onClick={() => props.onChoose(id)}
          >
            {name} <span className="mono">{count}</span>
          </button>
        ))}
    </fieldset>
  );
}

function Table({ items, showTenant }: { items: readonly ClockBoardItem[]; showTenant: boolean }) {
  const nameOf = useTenantName();
  const nameOfClock = useClockName();
  const mayAct = useMay('incidents.handle');
  return (
    <div className="scroll-x">
      <table className={`grid ${css.table}`}>
        <thead>
          <tr>
            <th scope="col">{t.columns.state}</th>
            <th scope="col">{t.columns.clock}</th>
            <th scope="col">{t.columns.remaining}</th>
            <th scope="col">{t.columns.incident}</th>
            {showTenant && <th scope="col">{t.columns.tenant}</th>}
            <th scope="col">{mayAct ? t.columns.give : t.columns.person}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <tr key={`${item.incident.id} ${item.clock.kind}`} data-testid="clock-row">
              <td className={css.stateCell}>
                <ClockState state={item.clock.state} />
              </td>
              <td className={css.what} title={item.clock.basis}>
                {nameOfClock(item.clock.kind)}
              </td>
              <td className={css.time}>
                <Remaining clock={item.clock} />
              </td>
              <td className={css.which}>
                <div className={css.incident}>
                  <Link href={`/incidents/${item.incident.id}`}>
                    INC-{item.incident.id} {item.incident.title}
                  </Link>
                  <Severity level={item.incident.level} />
                </div>
              </td>
              {showTenant && <td className={css.whose}>{nameOf(item.incident.tenant)}</td>}
              <td className={css.give}>
                {mayAct ? <OwnerChoice incident={item.incident} /> : (item.incident.owner?.name ?? t.nobody)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
