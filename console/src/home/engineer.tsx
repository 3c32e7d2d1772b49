import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import { scoped, useScope, useSession, useTenantName } from '../session.ts';
import { Severity } from '../ui/severity.tsx';
import { Age } from '../ui/time-view.tsx';
import { Card, Lines } from './card.tsx';
import css from './home.module.css';
import { t } from './strings.ts';

const FAILS: readonly string[] = ['VIGIE_RULE_FAILS', 'VIGIE_RULES_CHECK_TIMEOUT', 'VIGIE_EXCEPTION_FAILS'];
const percent = (value: number | null) => (value === null ? '–' : `${Math.round(100 * value)} %`);

/** Which rule to work on next. */
export default function Engineer() {
  const { tenant } = useScope();
  const quality = useQuery(queries.quality(tenant, 4));
  const noisy = useInfiniteQuery(queries.rules({ state: 'live', sort: 'hits', limit: 6 }));
  const ending = useInfiniteQuery(queries.exceptions({ tenant, state: 'active', sort: 'ends', limit: 20 }));
  return (
    <>
      <Card title={t.precision} empty={t.precisionEmpty} to={scoped('/quality')} asked={quality} wide>
        {({ rules }) => {
          const judged = rules.filter(({ precision }) => precision.judged > 0).slice(0, 8);
          return judged.length === 0 ? null : (
            <div className="scroll-x">
              <table className="grid">
                <thead>
                  <tr>
                    <th scope="col">{t.rule}</th>
                    {[t.detections, t.right, t.minutes].map((name) => (
                      <th key={name} scope="col" className="num">
                        {name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {judged.map((rule) => (
                    <tr key={rule.ruleId}>
                      <td>
                        <Link href={`/rules/${encodeURIComponent(rule.ruleId)}`}>{rule.title}</Link>
                      </td>
                      <td className="num">{rule.detections}</td>
                      <td className="num">{percent(rule.precision.value)}</td>
                      <td className="num">{Math.round(rule.minutes)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </Card>
      <FailingRules />
      <Card title={t.noisy} empty={t.noisyEmpty} to="/rules" asked={firstPage(noisy)}>
        {({ items }) =>
          Lines({
            items: items.filter(({ hits24h }) => hits24h > 0),
            keyOf: ({ id }) => id,
            children: (rule) => (
              <>
                <Severity level={rule.level} compact />
                <Link className={css.main} href={`/rules/${encodeURIComponent(rule.id)}`}>
                  {rule.title}
                </Link>
                <span className={css.aside}>
                  {rule.hits24h} {t.detections}
                </span>
              </>
            ),
          })
        }
      </Card>
      <Card title={t.ending} empty={t.endingEmpty} to={scoped('/exceptions')} asked={firstPage(ending)}>
        {({ items }) =>
          Lines({
            items: items.filter(({ endsSoon }) => endsSoon),
            keyOf: ({ id }) => id,
            children: (exception) => (
              <>
                <span />
                <Link className={css.main} href={`/exceptions/${exception.id}`}>
                  {exception.title}
                </Link>
                <span className={css.aside}>
                  <Age at={exception.expiresAt} />
                </span>
              </>
            ),
          })
        }
      </Card>
      <BlindSpots />
    </>
  );
}

/** The first page of a paged question, as a card asks for it. */
function firstPage<T>(query: {
  data: { pages: T[] } | undefined;
  isPending: boolean;
  error: Error | null;
  refetch: () => unknown;
}) {
  return {
    data: query.data?.pages[0],
    isPending: query.isPending,
    error: query.error,
    refetch: query.refetch,
  };
}

/** Rules that do not load, and what the platform says of those that throw. */
function FailingRules() {
  const rejected = useInfiniteQuery(queries.rules({ state: 'rejected', sort: 'title', limit: 6 }));
  const status = useQuery(queries.status());
  const thrown = (status.data?.warnings ?? []).filter(({ code }) => FAILS.includes(code));
  return (
    <Card title={t.broken} empty={t.brokenEmpty} to="/rules?state=rejected" asked={firstPage(rejected)}>
      {({ items }) =>
        Lines({
          items: [
            ...thrown.map(({ code, message, since }) => ({
              key: code,
              to: '/status',
              title: message,
              since,
            })),
            ...items.map(({ id, title, problem }) => ({
              key: id,
              to: `/rules/${encodeURIComponent(id)}`,
              title: problem === null ? title : `${title}: ${problem}`,
              since: null,
            })),
          ],
          keyOf: ({ key }) => key,
          children: ({ to, title, since }) => (
            <>
              <span />
              <Link className={css.main} href={to}>
                {title}
              </Link>
              <span className={css.aside}>{since !== null && <Age at={since} suffix />}</span>
            </>
          ),
        })
      }
    </Card>
  );
}

/** What a tenant would have to send for more rules to see something. */
function BlindSpots() {
  const { tenant } = useScope();
  const { tenants } = useSession();
  const nameOf = useTenantName();
  const [chosen, setChosen] = useState<string>();
  const of = tenant ?? chosen ?? (tenants.find(({ demo }) => !demo) ?? tenants[0])?.id;
  const query = useQuery({ ...queries.coverage(of ?? ''), enabled: of !== undefined });
  if (of === undefined) return null;
  return (
    <Card title={t.holes(nameOf(of))} empty={t.holesEmpty} to={`/coverage?tenant=${of}`} asked={query}>
      {({ missing }) => (
        <>
          {tenant === undefined && tenants.length > 1 && (
            <label className="row small">
              {t.holesChoose}
              <select className="select" value={of} onChange={(event) => setChosen(event.target.value)}>
                {tenants.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          )}
          {Lines({
            items: missing.filter(({ addsRules }) => addsRules > 0),
            most: 5,
            keyOf: ({ id }) => id,
            children: ({ name, addsRules }) => (
              <>
                <span />
                <span className={css.main}>{name}</span>
                <span className={css.aside}>{t.adds(addsRules)}</span>
              </>
            ),
          }) ?? <p className={css.empty}>{t.holesEmpty}</p>}
        </>
      )}
    </Card>
  );
}
