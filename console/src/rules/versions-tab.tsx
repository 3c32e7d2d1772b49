import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import type { RuleDetail, RuleTrial, RuleVersionSummary, RuleVersions } from '../api/types.ts';
import { useMayForAll, useTenantName } from '../session.ts';
import { SelectField } from '../ui/fields.tsx';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Age, At } from '../ui/time-view.tsx';
import { useUrl } from '../url.ts';
import { DayBars } from './day-bars.tsx';
import { DiffView } from './diff-view.tsx';
import { type Move, MoveDialog, movesOf } from './moves.tsx';
import { SampleEvents } from './sample-events.tsx';
import { t } from './strings.ts';
import css from './versions.module.css';

/** Everything that was kept of a rule: its versions, what those in test found, their differences, who did what. */
export function VersionsTab({ rule }: { rule: RuleDetail }) {
  const provider = useMayForAll('rules.read');
  const query = useQuery({ ...queries.ruleVersions(rule.id), enabled: provider, refetchInterval: 15_000 });
  if (!provider) return <p className="muted">{t.versions.reader}</p>;
  if (query.isPending) return <SkeletonRows rows={6} height={44} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <Versions versions={query.data} />;
}

function Versions({ versions }: { versions: RuleVersions }) {
  const mayWrite = useMayForAll('rules.write');
  const [asked, setAsked] = useState<{ version: RuleVersionSummary; move: Move } | null>(null);
  const edit = mayWrite && (
    <Link className="btn" href={`/rules/${encodeURIComponent(versions.id)}/edit`}>
      {t.edit}
    </Link>
  );
  if (versions.versions.length === 0)
    return (
      <Empty title={t.versions.none}>
        <p>{versions.upstream === null ? t.versions.noneOwn : t.versions.noneShipped}</p>
        {versions.locked === null ? edit : <p>{versions.locked}</p>}
      </Empty>
    );
  const inTest = versions.versions.find(({ state }) => state === 'test');
  return (
    <div className={css.versions}>
      {versions.upstream?.changed === true && <p className="notice warn">{t.versions.upstreamChanged}</p>}
      <ol className={css.list}>
        {versions.versions.map((version) => (
          <li key={version.number} className={css.version} data-state={version.state} data-testid="version">
            <div className={css.head}>
              <strong>{t.versions.number(version.number)}</strong>
              <span className={css.state} data-state={version.state}>
                {t.versions.word[version.state]}
              </span>
              <span className="hint">
                {t.versions.by(version.author)}, <Age at={version.createdAt} suffix />
                {version.state !== 'draft' && (
                  <>
                    {' · '}
                    {t.versions.was(t.versions.word[version.state], version.stateBy)},{' '}
                    <Age at={version.stateAt} suffix />
                  </>
                )}
              </span>
            </div>
            <p className={css.note}>
              {version.note === '' ? <span className="muted">{t.versions.noNote}</span> : version.note}
            </p>
            <div className={css.actions}>
              {(mayWrite ? movesOf(version) : []).map((move) => (
                <button
                  key={move}
                  type="button"
                  className={`btn small ${move === 'live' || (move === 'test' && version.state === 'draft') ? 'primary' : ''}`}
                  onClick={() => setAsked({ version, move })}
                >
                  {move === 'retired' && version.state === 'live' && versions.upstream !== null
                    ? t.move.takeBack
                    : t.move[move]}
                </button>
              ))}
            </div>
          </li>
        ))}
        {versions.upstream !== null && (
          <li className={css.version} data-testid="upstream">
            <div className={css.head}>
              <strong>{t.versions.upstream}</strong>
              <span className={css.state}>
                {versions.versions.some(({ state }) => state === 'live')
                  ? t.versions.hidden
                  : t.versions.inForce}
              </span>
            </div>
            <p className={`hint ${css.path}`}>
              {t.versions.upstreamHint(versions.upstream.origin, versions.upstream.path)}
            </p>
          </li>
        )}
      </ol>
      {inTest !== undefined && (
        <Trial
          id={versions.id}
          version={inTest}
          trial={versions.trials.find(({ number }) => number === inTest.number)}
          problem={versions.trialProblem}
        />
      )}
      <Difference versions={versions} />
      <section>
        <h2>{t.versions.changes}</h2>
        <ol className={css.changes}>
          {versions.changes.map((change) => (
            <li key={`${change.at} ${change.number} ${change.change}`}>
              <span className="muted">
                <At at={change.at} />
              </span>
              <span>
                {change.actor} {t.versions.change[change.change](change.number)}
                {change.note !== '' && <span className="muted"> · {change.note}</span>}
              </span>
            </li>
          ))}
        </ol>
      </section>
      {asked !== null && (
        <MoveDialog
          versions={versions}
          version={asked.version}
          move={asked.move}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}

function Trial(props: {
  id: string;
  version: RuleVersionSummary;
  trial: RuleTrial | undefined;
  problem: string | null;
}) {
  const { version, trial } = props;
  const nameOf = useTenantName();
  return (
    <section className={css.trial} data-testid="trial">
      <h2>
        {t.versions.trial}: {t.versions.number(version.number).toLowerCase()}{' '}
        <span className="hint">
          {t.versions.trialSince} <At at={version.stateAt} />
        </span>
      </h2>
      {props.problem !== null && (
        <p className="notice bad">
          <strong>{t.versions.trialProblem}:</strong> {props.problem}
        </p>
      )}
      {trial === undefined ? (
        <p className="muted small">{t.versions.trialNone}</p>
      ) : (
        <>
          <p>
            <strong>{t.versions.trialHits(trial.hits)}</strong>{' '}
            <span className="hint">
              {trial.byTenant.map(({ tenant, count }) => `${nameOf(tenant)} ${count}`).join(' · ')}
            </span>
          </p>
          <p className="hint">{t.versions.trialNobody}</p>
          <DayBars
            byDay={trial.byDay}
            from={Math.min(version.stateAt, Date.now() - 13 * 86_400_000)}
            to={Date.now()}
            label={t.backtest.byDay}
          />
          <h3>{t.versions.samples}</h3>
          <SampleEvents ruleId={props.id} events={trial.samples} />
        </>
      )}
    </section>
  );
}

const UPSTREAM = 0;

function Difference({ versions }: { versions: RuleVersions }) {
  const { params, patch } = useUrl();
  const [part, setPart] = useState<'text' | 'cases'>('text');
  const known = new Set(versions.versions.map(({ number }) => number));
  if (versions.upstream !== null) known.add(UPSTREAM);
  const newest = versions.versions[0]!.number;
  const live = versions.versions.find(({ state }) => state === 'live')?.number;
  const asked = (name: string, otherwise: number) => {
    const number = Number(params.get(name) ?? Number.NaN);
    return known.has(number) ? number : otherwise;
  };
  const before = live !== undefined && live !== newest ? live : (versions.versions[1]?.number ?? UPSTREAM);
  const from = asked('from', known.has(before) ? before : newest);
  const to = asked('to', newest);
  const first = useText(versions, from, part);
  const second = useText(versions, to, part);
  if (known.size < 2) return null;
  const options = [...known]
    .sort((a, b) => b - a)
    .map((number) => (
      <option key={number} value={number}>
        {number === UPSTREAM ? t.versions.upstream : t.versions.number(number)}
      </option>
    ));
  return (
    <section className={css.difference}>
      <h2>{t.versions.diff}</h2>
      <div className={css.choose}>
        <SelectField
          label={t.versions.from}
          value={from}
          onChange={(event) => patch({ from: event.target.value })}
        >
          {options}
        </SelectField>
        <SelectField label={t.versions.to} value={to} onChange={(event) => patch({ to: event.target.value })}>
          {options}
        </SelectField>
        <SelectField
          label={t.versions.part}
          value={part}
          onChange={(event) => setPart(event.target.value === 'cases' ? 'cases' : 'text')}
        >
          <option value="text">{t.versions.rule}</option>
          <option value="cases">{t.versions.cases}</option>
        </SelectField>
      </div>
      {first.isError || second.isError ? (
        <ErrorState
          error={first.error ?? second.error}
          onRetry={() => void Promise.all([first.refetch(), second.refetch()])}
        />
      ) : first.text === undefined || second.text === undefined ? (
        <SkeletonRows rows={4} height={24} />
      ) : (
        <DiffView before={first.text} after={second.text} label={t.versions.diff} />
      )}
    </section>
  );
}

function useText(versions: RuleVersions, number: number, part: 'text' | 'cases') {
  const query = useQuery({ ...queries.ruleVersion(versions.id, number), enabled: number !== UPSTREAM });
  const text = number === UPSTREAM ? versions.upstream?.[part] : query.data?.[part];
  return { ...query, isError: number !== UPSTREAM && query.isError, text };
}
