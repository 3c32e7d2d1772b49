import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import type { CoverageMatrix, CoverageState } from '../api/types.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { oneOf, useUrl } from '../url.ts';
import css from './coverage.module.css';
import { t } from './strings.ts';

const STATES = ['covered', 'degraded', 'uncovered'] as const;
const SHOWN = ['all', ...STATES] as const;
type Technique = CoverageMatrix['tactics'][number]['techniques'][number];

/** ATT&CK's tactics side by side, each technique in the state that the tenant's sources leave it in. */
export function Matrix({ tenant }: { tenant: string }) {
  const { params, patch } = useUrl();
  const shown = oneOf(params.get('state'), SHOWN, 'all');
  const open = params.get('technique');
  const query = useQuery(queries.coverageMatrix(tenant));
  if (query.isPending) return <SkeletonRows rows={14} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const { tactics } = query.data;
  const technique = tactics.flatMap(({ techniques }) => techniques).find(({ id }) => id === open);
  return (
    <>
      <div className={css.legend}>
        {STATES.map((state) => (
          <span key={state} className={css.key}>
            <span className={css.swatch} data-state={state} /> {t.states[state]}
          </span>
        ))}
        <select
          className="select"
          aria-label={t.filter}
          value={shown}
          onChange={(event) => patch({ state: event.target.value === 'all' ? '' : event.target.value })}
        >
          {SHOWN.map((each) => (
            <option key={each} value={each}>
              {each === 'all' ? t.all : t.states[each]}
            </option>
          ))}
        </select>
      </div>
      <div className={css.matrix} data-testid="matrix">
        {tactics.map((tactic) => (
          <section key={tactic.id} className={css.tactic} aria-label={tactic.name}>
            <h2>
              {tactic.name}
              <span className="muted">
                {t.ofTactic(
                  tactic.techniques.filter(({ state }) => state === 'covered').length,
                  tactic.techniques.length,
                )}
              </span>
            </h2>
            {tactic.techniques
              .filter(({ state }) => shown === 'all' || shown === state)
              .map((each) => (
                <button
                  key={each.id}
                  type="button"
                  className={css.technique}
                  data-state={each.state}
                  data-testid="technique"
                  title={hintOf(each)}
                  onClick={() => patch({ technique: each.id }, 'push')}
                >
                  <span>{each.name}</span>
                  <span className={css.small}>
                    {each.id}
                    {each.rules > 0 && ` · ${each.firing}/${each.rules}`}
                    <span className="visually-hidden">, {t.states[each.state]}</span>
                  </span>
                </button>
              ))}
          </section>
        ))}
      </div>
      {technique !== undefined && (
        <TechniqueDialog
          tenant={tenant}
          technique={technique}
          onClose={() => patch({ technique: undefined })}
        />
      )}
    </>
  );
}

function hintOf({ id, name, state, firing, rules, reason }: Technique): string {
  return `${id} ${name}: ${t.states[state]}${rules > 0 ? `; ${t.firing(firing, rules)}` : ''}${reason === null ? '' : `\n${reason}`}`;
}

function TechniqueDialog({
  tenant,
  technique,
  onClose,
}: {
  tenant: string;
  technique: Technique;
  onClose: () => void;
}) {
  const query = useQuery(queries.techniqueCoverage(tenant, technique.id));
  const subs = technique.subtechniques;
  return (
    <Dialog title={`${technique.id} ${technique.name}`} width={720} onClose={onClose}>
      <div className="stack">
        <p>
          <State state={technique.state} />
          {technique.rules > 0 && <> · {t.firing(technique.firing, technique.rules)}</>}
          {subs.length > 0 && (
            <> · {t.sub(subs.filter(({ state }) => state === 'covered').length, subs.length)}</>
          )}
        </p>
        {technique.reason !== null && (
          <p className="notice warn">
            {technique.reason}
            {technique.since !== null && (
              <>
                , {t.since} <Age at={technique.since} />
              </>
            )}
          </p>
        )}
        {query.isPending && <SkeletonRows rows={4} />}
        {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
        {query.data?.rules.length === 0 && <p className="muted">{t.noRules}</p>}
        <ul className={css.rules}>
          {query.data?.rules.map((rule) => (
            <li key={rule.id}>
              <State state={rule.state} />
              <Link href={`/rules/${encodeURIComponent(rule.id)}`}>{rule.title}</Link>
              <span className="hint">
                {t.technologies}: {rule.technologies.slice(0, 6).join(', ') || t.nothingFeeds}
                {rule.technologies.length > 6 && ` +${rule.technologies.length - 6}`}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function State({ state }: { state: CoverageState }) {
  return (
    <span className={css.key}>
      <span className={css.swatch} data-state={state} /> {t.states[state]}
    </span>
  );
}
