import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import type { CoverageView } from '../api/types.ts';
import { About, PageTitle } from '../plain/plain.tsx';
import { useScope, useSession } from '../session.ts';
import { whole } from '../ui/numbers.ts';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { oneOf, useUrl } from '../url.ts';
import css from './coverage.module.css';
import { Matrix } from './matrix.tsx';
import { Overview } from './overview.tsx';
import { t } from './strings.ts';

const VIEWS = ['sources', 'matrix'] as const;

/** What a tenant sends, what that lets the rules see, and what is missing. */
export default function Coverage() {
  const { tenants } = useSession();
  const { tenant: chosen } = useScope();
  const { params, patch } = useUrl();
  const view = oneOf(params.get('view'), VIEWS, 'sources');
  const tenant = chosen ?? (tenants.length === 1 ? tenants[0]?.id : undefined);
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle path="/coverage">{t.title}</PageTitle>
        {tenant !== undefined && (
          <span className="row" role="tablist" aria-label={t.title}>
            {VIEWS.map((each) => (
              <button
                key={each}
                type="button"
                role="tab"
                aria-selected={view === each}
                className={css.tab}
                onClick={() => patch({ view: each === 'sources' ? '' : each })}
              >
                {t.views[each]}
              </button>
            ))}
          </span>
        )}
        <span className="spring" />
        {tenant !== undefined && (
          <a
            className="btn"
            href={`/api/coverage/layer?tenant=${tenant}`}
            download={`coverage-${tenant}.json`}
          >
            {t.layer}
          </a>
        )}
      </div>
      <About path="/coverage" />
      {tenant === undefined ? (
        <Overview />
      ) : view === 'matrix' ? (
        <Matrix tenant={tenant} />
      ) : (
        <Sent tenant={tenant} />
      )}
    </div>
  );
}

function Sent({ tenant }: { tenant: string }) {
  const query = useQuery(queries.coverage(tenant));
  if (query.isPending) return <SkeletonRows rows={10} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const { data } = query;
  return (
    <div className={css.parts}>
      <dl className={css.figures}>
        <Figure label={t.figures.fed}>
          {whole(data.rules.fed)} <small>{t.figures.of(whole(data.rules.live))}</small>
        </Figure>
        <Figure label={t.figures.degraded} warn={data.rules.degraded > 0}>
          {whole(data.rules.degraded)}
        </Figure>
        <Figure label={t.figures.techniques}>
          {whole(data.techniques.covered)} <small>{t.figures.of(whole(data.techniques.total))}</small>
        </Figure>
        <Figure label={t.figures.grey} warn={data.techniques.degraded > 0}>
          {whole(data.techniques.degraded)}
        </Figure>
      </dl>
      <section>
        <h2>{t.sent}</h2>
        {data.technologies.length === 0 ? (
          <p className="muted small">{t.sentEmpty}</p>
        ) : (
          <Technologies view={data} />
        )}
      </section>
      <Missing view={data} />
      {data.starving.length > 0 && (
        <section>
          <h2>{t.starving}</h2>
          <p className="hint">{t.starvingText}</p>
          <ul className={css.starving}>
            {data.starving.map((each) => (
              <li key={each.logsource}>
                <span>{each.logsource === 'correlation' ? t.correlation : each.logsource}</span>{' '}
                <span className="muted">{t.rules(whole(each.rules))}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Figure({ label, children, warn = false }: { label: string; children: ReactNode; warn?: boolean }) {
  return (
    <div className={css.figure}>
      <dt>{label}</dt>
      <dd data-warn={warn || undefined}>{children}</dd>
    </div>
  );
}

function Technologies({ view }: { view: CoverageView }) {
  return (
    <div className="scroll-x">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{t.columns.technology}</th>
            <th scope="col">{t.columns.since}</th>
            <th scope="col">{t.columns.last}</th>
            <th scope="col" className="num">
              {t.columns.day}
            </th>
            <th scope="col" className="num">
              {t.columns.rules}
            </th>
            <th scope="col" className="num">
              {t.columns.techniques}
            </th>
            <th scope="col">{t.columns.sources}</th>
          </tr>
        </thead>
        <tbody>
          {view.technologies.map((each) => (
            <tr
              key={each.id}
              data-testid="technology-row"
              data-degraded={each.degraded !== null || undefined}
            >
              <td className="wrap">
                <strong>{each.name}</strong>
                <div className="hint">{each.datasets.join(', ')}</div>
                {each.degraded !== null && (
                  <div className={css.trouble}>
                    {each.degraded.reason}, {t.since} <Age at={each.degraded.since} />
                  </div>
                )}
              </td>
              <td>
                <Age at={each.firstAt} suffix />
              </td>
              <td>
                <Age at={each.lastAt} suffix />
              </td>
              <td className="num">{whole(each.events24h)}</td>
              <td className="num">{whole(each.rules)}</td>
              <td className="num">{each.techniques.length}</td>
              <td>
                {each.sources.map((source) => (
                  <div key={source}>
                    <Link href={`/sources/${view.tenant}/${source}`}>{source}</Link>
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Missing({ view }: { view: CoverageView }) {
  return (
    <section>
      <h2>{t.missing}</h2>
      {view.missing.length === 0 ? (
        <p className="muted small">{t.missingEmpty}</p>
      ) : (
        <>
          <p className="hint">{t.missingText}</p>
          <ol className={css.missing}>
            {view.missing.map((each) => (
              <li key={each.id}>
                <details>
                  <summary>
                    <strong>{each.name}</strong>
                    <span className={css.adds}>
                      {t.adds(whole(each.addsRules), each.addsTechniques.length)}
                    </span>
                    <span className="muted">{each.category}</span>
                  </summary>
                  <p>{each.description}</p>
                  {each.addsTechniques.length > 0 && (
                    <p className="small muted">{each.addsTechniques.join(' · ')}</p>
                  )}
                  <h3>{t.setup}</h3>
                  <pre className={css.setup}>{each.setup.trimEnd()}</pre>
                  <p className="small">
                    <span className="muted">{t.components}:</span> {each.dataComponents.join(', ')}
                  </p>
                </details>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}
