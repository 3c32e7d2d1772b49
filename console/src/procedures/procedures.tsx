import { useQuery } from '@tanstack/react-query';
import type { ProcedurePage, ProcedureView } from '@vigie/contracts/api';
import { Link, useLocation } from 'wouter';
import { About, PageTitle } from '../plain/plain.tsx';
import { useMay, useScope, useTenantName } from '../session.ts';
import { Icon } from '../ui/icons.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { addressOf, procedureQueries } from './procedure-queries.ts';
import css from './procedures.module.css';
import { t } from './strings.ts';

/** The catalogue of procedures, and which incidents have none. */
export default function Procedures() {
  const [, navigate] = useLocation();
  const mayWrite = useMay('procedures.write');
  const { tenant } = useScope();
  const query = useQuery(procedureQueries.list());
  const coverage = useQuery(procedureQueries.coverage(tenant));
  const make = () => navigate('/procedures/new');
  useShortcuts(t.title, mayWrite ? [{ keys: 'n', label: t.make, run: make }] : []);
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle path="/procedures">{t.title}</PageTitle>
        {query.data !== undefined && <span className="count">{t.count(query.data.items.length)}</span>}
        <span className="spring" />
        {mayWrite && (
          <button type="button" className="btn primary" onClick={make}>
            <Icon name="plus" size={13} /> {t.make}
          </button>
        )}
      </div>
      <About path="/procedures" />
      {query.isPending ? (
        <SkeletonRows rows={10} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Catalogue page={query.data} tenant={tenant} />
      )}
      {coverage.data !== undefined && (
        <section
          className={css.coverage}
          aria-labelledby="procedure-coverage"
          data-testid="procedure-coverage"
        >
          <h2 id="procedure-coverage">{t.coverage}</h2>
          <p className="hint">{t.coverageText}</p>
          <ul className={css.types}>
            {coverage.data.types.map(({ type, procedures }) => (
              <li key={type} data-none={procedures.length === 0 || undefined}>
                <strong>{t.type[type]}</strong>
                <span className="hint">
                  {procedures.length === 0 ? t.none : procedures.map(({ title }) => title).join(' · ')}
                </span>
              </li>
            ))}
          </ul>
          <details>
            <summary>
              {coverage.data.without.length === 0
                ? t.withoutNone
                : t.withoutTitle(coverage.data.without.length, coverage.data.rules)}
            </summary>
            <ul className={css.rules}>
              {coverage.data.without.map(({ id, title }) => (
                <li key={id}>
                  <Link href={`/rules/${id}`}>{title}</Link>
                </li>
              ))}
            </ul>
          </details>
        </section>
      )}
    </div>
  );
}

function Catalogue({ page, tenant }: { page: ProcedurePage; tenant: string | undefined }) {
  const items = page.items.filter(
    (one) => tenant === undefined || one.tenant === null || one.tenant === tenant,
  );
  return (
    <>
      {page.problems.length > 0 && (
        <div className="notice bad" role="alert">
          <strong>{t.problems}</strong>
          <ul>
            {page.problems.map((problem) => (
              <li key={`${problem.file}:${problem.line}:${problem.message}`}>
                {problem.file}:{problem.line}: {problem.message}
              </li>
            ))}
          </ul>
        </div>
      )}
      <div className="scroll-x">
        <table className={`grid ${css.list}`}>
          <thead>
            <tr>
              <th scope="col">{t.columns.name}</th>
              <th scope="col">{t.columns.origin}</th>
              <th scope="col">{t.columns.version}</th>
              <th scope="col" className={css.wide}>
                {t.columns.steps}
              </th>
              <th scope="col" className={css.wide}>
                {t.columns.types}
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <Row key={item.key ?? item.id} item={item} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Row({ item }: { item: ProcedureView }) {
  const nameOf = useTenantName();
  return (
    <tr data-testid="procedure-row">
      <td>
        <Link href={`/procedures/${addressOf(item)}`} className={css.name}>
          {item.title}
        </Link>
        <div className="hint">
          {item.id} · {item.languages.join(' ')}
        </div>
      </td>
      <td>{item.tenant === null ? t.origin[item.origin] : nameOf(item.tenant)}</td>
      <td>
        {item.replaced ? (
          <span className="muted">{t.replaced}</span>
        ) : item.live === null ? (
          <span className="muted">{t.draft}</span>
        ) : (
          t.version(item.live)
        )}
        {item.changedAt !== null && (
          <div className="hint">
            {item.changedBy}, <Age at={item.changedAt} suffix />
          </div>
        )}
      </td>
      <td className={css.wide}>{t.stepsOf(item.steps, item.mandatory)}</td>
      <td className={css.wide}>{item.types.map((type) => t.type[type]).join(', ')}</td>
    </tr>
  );
}
