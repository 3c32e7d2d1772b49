import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { ApiFailure } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { ExceptionDetail } from '../api/types.ts';
import { DayBars } from '../rules/day-bars.tsx';
import { SourceView } from '../rules/source-view.tsx';
import { scoped, useMay, useTenantName } from '../session.ts';
import { CopyButton } from '../ui/copy.tsx';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { whole } from '../ui/numbers.ts';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Age, At } from '../ui/time-view.tsx';
import { ExtendDialog, RevokeDialog } from './actions.tsx';
import css from './exceptions.module.css';
import { Ends } from './exceptions.tsx';
import { t } from './strings.ts';

const CreateDialog = lazy(() => import('./create-dialog.tsx'));

const DAY = 86_400_000;

/** One exception: what it silences, why, what it has silenced, and everything that was done to it. */
export default function ExceptionPage() {
  const { id } = useParams<{ id: string }>();
  const [, navigate] = useLocation();
  const query = useQuery(queries.exception(id));
  useTitle(query.data?.title ?? t.title);
  useShortcuts(t.title, [{ keys: 'u', label: t.help.back, run: () => navigate(scoped('/exceptions')) }]);
  return (
    <div className="page">
      <p className={css.back}>
        <Link href={scoped('/exceptions')}>
          <Icon name="back" size={12} /> {t.back}
        </Link>
      </p>
      {query.data !== undefined ? (
        <Exception item={query.data} />
      ) : query.error instanceof ApiFailure && query.error.status === 404 ? (
        <Empty title={t.notFound} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SkeletonRows />
      )}
    </div>
  );
}

function Exception({ item }: { item: ExceptionDetail }) {
  const [open, setOpen] = useState<'extend' | 'revoke' | 'again' | null>(null);
  const mayMake = useMay('exceptions.write');
  const close = () => setOpen(null);
  const active = item.state === 'active';
  return (
    <article>
      <div className="page-head">
        <h1>{item.title}</h1>
        <span className="count" data-testid="exception-state">
          {t.stateWord[item.state]}
        </span>
        <span className="spring" />
        {item.mayChange && active && (
          <>
            <button type="button" className="btn" onClick={() => setOpen('extend')}>
              {t.extend}
            </button>
            <button type="button" className="btn danger" onClick={() => setOpen('revoke')}>
              {t.revoke}
            </button>
          </>
        )}
        {mayMake && !active && item.filter !== null && (
          <button type="button" className="btn" onClick={() => setOpen('again')}>
            {t.again}
          </button>
        )}
      </div>
      <div className={css.columns}>
        <div className={css.story}>
          <section>
            <h2>{t.why}</h2>
            <p className={css.prose}>{item.reason ?? <span className="muted">{t.noReason}</span>}</p>
          </section>
          {item.filter !== null && (
            <section>
              <div className={css.filterHead}>
                <h2>{t.what}</h2>
                <CopyButton text={item.filter} icon />
              </div>
              <SourceView text={item.filter} label={t.filterLabel} testId="exception-filter" />
            </section>
          )}
          <section>
            <h2>
              {t.byDay} <span className="hint">{t.hits(item.silenced.hits)}</span>
            </h2>
            {item.byDay.length === 0 ? (
              <p className="hint">{t.byDayNone}</p>
            ) : (
              <DayBars
                byDay={item.byDay}
                from={Math.max(Date.now() - 90 * DAY, Math.min(item.createdAt, Date.now() - 29 * DAY))}
                to={Date.now()}
                label={t.byDay}
              />
            )}
          </section>
          <Breakdown item={item} />
          {item.changes.length > 0 && (
            <section>
              <h2>{t.history}</h2>
              <ol className={css.history}>
                {item.changes.map((change) => (
                  <li key={`${change.at} ${change.kind}`}>
                    <span className="muted">
                      <At at={change.at} />
                    </span>
                    <div>
                      <strong>{t.changed[change.kind]}</strong> {t.by(change.actor)}
                      <p className={css.prose}>{change.text}</p>
                    </div>
                  </li>
                ))}
              </ol>
            </section>
          )}
        </div>
        <Facts item={item} />
      </div>
      {open === 'extend' && <ExtendDialog id={item.id} expiresAt={item.expiresAt} onClose={close} />}
      {open === 'revoke' && <RevokeDialog id={item.id} onClose={close} />}
      {open === 'again' && item.filter !== null && (
        <Suspense fallback={null}>
          <CreateDialog
            from={{
              tenant: item.tenant ?? undefined,
              filter: item.filter,
              reason: item.reason ?? undefined,
            }}
            onClose={close}
          />
        </Suspense>
      )}
    </article>
  );
}

function Breakdown({ item }: { item: ExceptionDetail }) {
  const nameOf = useTenantName();
  const lists = [
    { title: t.byRule, rows: item.byRule.map((row) => ({ name: row.ruleTitle, count: row.count })) },
    { title: t.byTenant, rows: item.byTenant.map((row) => ({ name: nameOf(row.tenant), count: row.count })) },
  ].filter(({ rows }) => rows.length > 1);
  return lists.map(({ title, rows }) => (
    <section key={title}>
      <h2>{title}</h2>
      <table className="grid">
        <tbody>
          {rows.slice(0, 30).map(({ name, count }) => (
            <tr key={name}>
              <td>{name}</td>
              <td className="num">{whole(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  ));
}

function Facts({ item }: { item: ExceptionDetail }) {
  const nameOf = useTenantName();
  const facts: [string, ReactNode][] = [
    [t.facts.tenant, item.tenant === null ? <strong key="all">{t.allTenants}</strong> : nameOf(item.tenant)],
    [
      t.facts.rules,
      item.rules === 'any' ? (
        t.anyRule(item.logsource)
      ) : (
        <ul key="rules">
          {item.rules.map((rule) => (
            <li key={rule.id}>
              <Link href={`/rules/${encodeURIComponent(rule.id)}`}>{rule.title}</Link>
            </li>
          ))}
          {item.unknownRules.map((name) => (
            <li key={name} className="muted">
              {t.gone} <span className="mono">{name}</span>
            </li>
          ))}
        </ul>
      ),
    ],
    [t.facts.owner, item.owner?.name ?? '–'],
    [t.facts.made, <At key="made" at={item.createdAt} />],
    [
      item.state === 'active' ? t.facts.ends : t.facts.ended,
      <span key="ends">
        <At at={item.revokedAt ?? item.expiresAt} /> <span className="muted">·</span> <Ends item={item} />
      </span>,
    ],
    [t.facts.silenced, t.hits(item.silenced.hits)],
    [t.facts.last, <Age key="last" at={item.silenced.lastAt} suffix={item.silenced.lastAt !== null} />],
    ...(item.previewed === null
      ? []
      : ([[t.facts.previewed, t.previewed(item.previewed.silenced, item.previewed.total)]] as const).map(
          ([name, value]): [string, ReactNode] => [name, value],
        )),
  ];
  return (
    <aside aria-label={t.title}>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}
