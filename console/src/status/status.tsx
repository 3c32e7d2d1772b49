import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import type { StatusView } from '../api/types.ts';
import { useTitle } from '../ui/hooks.ts';
import { fine } from '../ui/numbers.ts';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { duration } from '../ui/time.ts';
import { Age, useNow } from '../ui/time-view.tsx';
import css from './status.module.css';
import { t } from './strings.ts';

/** The platform watching itself. */
export default function Status() {
  useTitle(t.title);
  const query = useQuery(queries.status());
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t.title}</h1>
        {query.data && <About status={query.data} />}
      </div>
      {query.data !== undefined ? (
        <Parts status={query.data} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SkeletonRows />
      )}
    </div>
  );
}

function About({ status }: { status: StatusView }) {
  const now = useNow();
  return (
    <span className="count wrap">
      {t.version} {status.version} · {t.running} {duration(now - status.startedAt)} · {t.data}{' '}
      <code>{status.dataDirectory}</code>
    </span>
  );
}

function Figure({ label, children, bad = false }: { label: string; children: ReactNode; bad?: boolean }) {
  return (
    <div className={css.figure}>
      <dt>{label}</dt>
      <dd data-bad={bad || undefined}>{children}</dd>
    </div>
  );
}

function Parts({ status }: { status: StatusView }) {
  const { pipeline } = status;
  const drops = Object.entries(pipeline?.drops ?? {}).filter(([, count]) => count > 0);
  return (
    <div className={css.parts}>
      <section aria-labelledby="warnings">
        <h2 id="warnings">{t.warnings}</h2>
        {status.warnings.length === 0 && <p className="small">{t.allWell}</p>}
        <ul className={css.warnings}>
          {status.warnings.map((warning) => (
            <li key={`${warning.code} ${warning.since}`} className="notice warn">
              {warning.message}
              <div className="hint">
                <code>{warning.code}</code> · {t.since} <Age at={warning.since} />
              </div>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="pipeline">
        <h2 id="pipeline">{t.pipeline}</h2>
        <dl className={css.figures}>
          {pipeline !== null && (
            <>
              <Figure label={t.rate}>{fine(pipeline.rate)}</Figure>
              <Figure label={t.queued}>{fine(pipeline.queued)}</Figure>
              <Figure label={t.undetected}>{fine(pipeline.undetected)}</Figure>
              <Figure label={t.stored}>{fine(pipeline.stored)}</Figure>
              <Figure label={t.drops}>
                {drops.length === 0
                  ? t.none
                  : drops.map(([reason, count]) => (
                      <span key={reason} className={css.drop}>
                        {fine(count)} <small>{reason}</small>
                      </span>
                    ))}
              </Figure>
            </>
          )}
          <Figure label={`${t.mail}: ${t.mailPending}`}>
            {status.mail.configured ? (
              <Link href="/outbox?state=pending">{status.mail.pending}</Link>
            ) : (
              <small>{t.mailOff}</small>
            )}
          </Figure>
          <Figure label={`${t.mail}: ${t.mailDead}`} bad={status.mail.dead > 0}>
            <Link href="/outbox?state=dead">{status.mail.dead}</Link>
          </Figure>
        </dl>
      </section>
      <section aria-labelledby="components">
        <h2 id="components">{t.components}</h2>
        <div className="scroll-x">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">{t.columns.name}</th>
                <th scope="col">{t.columns.state}</th>
                <th scope="col" className="num">
                  {t.columns.since}
                </th>
                <th scope="col" className="num">
                  {t.columns.restarts}
                </th>
                <th scope="col">{t.columns.detail}</th>
              </tr>
            </thead>
            <tbody>
              {status.components.map((component) => (
                <tr key={component.name} data-testid="component-row">
                  <td>
                    <strong>{component.name}</strong>
                  </td>
                  <td>
                    <span className={css.state} data-state={component.state}>
                      {t.states[component.state]}
                    </span>
                  </td>
                  <td className="num">
                    <Age at={component.since} />
                  </td>
                  <td className="num">
                    {component.restarts > 0 ? component.restarts : <span className="muted">0</span>}
                  </td>
                  <td className="wrap">{component.detail}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </div>
  );
}
