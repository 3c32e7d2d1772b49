import { useQuery } from '@tanstack/react-query';
import type { ClockBoardItem } from '@vigie/contracts/api';
import { clockQueries } from '../clocks/queries.ts';
import { rotaQueries } from '../rotas/queries.ts';
import { scoped, useScope, useTenantName } from '../session.ts';
import { telephone } from '../ui/telephone.ts';
import { Age, At, useNow } from '../ui/time-view.tsx';
import { Card, Lines } from './card.tsx';
import { ClockLine } from './clock-lines.tsx';
import css from './home.module.css';
import { homeQueries } from './queries.ts';
import { SilentSources } from './sources-cards.tsx';
import { t } from './strings.ts';
import { WaitingCard } from './waiting-lines.tsx';

/** What the manager answers for: whose time runs out, who carries how much, who is awake. */
export default function Manager() {
  const { tenant } = useScope();
  const nameOf = useTenantName();
  const clocks = useQuery(clockQueries.board({ tenant, within: 24 }));
  const load = useQuery(homeQueries.load(tenant));
  return (
    <>
      <Card title={t.breaches} empty={t.breachesEmpty} to={scoped('/clocks')} asked={clocks} wide>
        {({ items, total }) =>
          items.length === 0 ? null : (
            <>
              {Lines({
                items,
                total,
                keyOf: ({ incident, clock }) => `${incident.id} ${clock.kind}`,
                children: (item) => <ClockLine item={item} />,
              })}
              {items.length > 1 && (
                <div className={css.halves}>
                  <Counts
                    name={t.byPerson}
                    items={items}
                    groupOf={({ incident }) => incident.owner?.name ?? t.nobody}
                  />
                  <Counts
                    name={t.byTenant}
                    items={items}
                    groupOf={({ incident }) => nameOf(incident.tenant)}
                  />
                </div>
              )}
            </>
          )
        }
      </Card>
      <Card title={t.load} empty={t.loadEmpty} to={scoped('/incidents')} asked={load}>
        {({ people }) =>
          people.length === 0 ? null : (
            <table className="grid">
              <thead>
                <tr>
                  <th scope="col">{t.person}</th>
                  <th scope="col" className="num">
                    {t.open}
                  </th>
                  <th scope="col" className="num">
                    {t.severe}
                  </th>
                  <th scope="col">{t.oldest}</th>
                </tr>
              </thead>
              <tbody>
                {people.slice(0, 12).map(({ owner, open, severe, oldestAt }) => (
                  <tr key={owner?.id ?? ''}>
                    <td>{owner?.name ?? t.nobody}</td>
                    <td className="num">{open}</td>
                    <td className="num">{severe}</td>
                    <td>
                      <Age at={oldestAt} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Card>
      <Card title={t.ages} empty={t.loadEmpty} to={`${scoped('/incidents?sort=age')}`} asked={load}>
        {({ ages }) => (ages.every(({ open }) => open === 0) ? null : <Ages ages={ages} />)}
      </Card>
      <OnCall />
      <SilentSources />
      <WaitingCard own={false} may />
    </>
  );
}

function Counts(props: {
  name: string;
  items: readonly ClockBoardItem[];
  groupOf: (item: ClockBoardItem) => string;
}) {
  const now = Math.max(useNow(), Date.now());
  const groups = new Map<string, { late: number; soon: number }>();
  for (const item of props.items) {
    const late = item.clock.dueAt !== null && item.clock.dueAt <= now ? 1 : 0;
    const before = groups.get(props.groupOf(item)) ?? { late: 0, soon: 0 };
    groups.set(props.groupOf(item), { late: before.late + late, soon: before.soon + 1 - late });
  }
  return (
    <table className="grid">
      <thead>
        <tr>
          <th scope="col">{props.name}</th>
          <th scope="col" className="num">
            {t.late}
          </th>
          <th scope="col" className="num">
            {t.soon}
          </th>
        </tr>
      </thead>
      <tbody>
        {[...groups]
          .sort((a, b) => b[1].late - a[1].late || b[1].soon - a[1].soon)
          .slice(0, 8)
          .map(([name, { late, soon }]) => (
            <tr key={name}>
              <td>{name}</td>
              <td className="num" data-bad={late > 0 || undefined}>
                {late}
              </td>
              <td className="num">{soon}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

function Ages({ ages }: { ages: readonly { readonly underHours: number | null; readonly open: number }[] }) {
  const most = Math.max(...ages.map(({ open }) => open));
  const text = (hours: number) => (hours < 48 ? `${hours} h` : `${hours / 24} d`);
  const last = Math.max(...ages.map(({ underHours }) => underHours ?? 0));
  return (
    <ul className={css.bars}>
      {ages.map(({ underHours, open }) => (
        <li key={underHours ?? 'older'}>
          <span>{underHours === null ? t.older(text(last)) : t.under(text(underHours))}</span>
          <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <rect width={(100 * open) / most} height="6" fill="currentColor" />
          </svg>
          <span className="mono">{open}</span>
        </li>
      ))}
    </ul>
  );
}

/** Who would be called now, and how. */
export function OnCall() {
  const query = useQuery(rotaQueries.list());
  return (
    <Card title={t.onCall} empty={t.onCallEmpty} to="/rotas" asked={query}>
      {({ items }) =>
        Lines({
          items,
          keyOf: ({ id }) => id,
          children: ({ setup, now }) => (
            <>
              <span className={css.kind}>{setup.name}</span>
              <span className={css.main} data-bad={now.member === null || undefined}>
                {now.member?.name ?? t.nobody}
                {now.member?.phone != null && (
                  <>
                    {' '}
                    <a href={telephone(now.member.phone)}>{now.member.phone}</a>
                  </>
                )}
              </span>
              <span className={css.aside}>
                {t.onCallUntil} <At at={now.to} />
              </span>
            </>
          ),
        })
      }
    </Card>
  );
}
