import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries.ts';
import type { RuleCaseResult, RuleCheck, RuleDetail } from '../api/types.ts';
import { useMayForAll } from '../session.ts';
import { Icon } from '../ui/icons.tsx';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import css from './cases.module.css';
import { SourceView } from './source-view.tsx';
import { t } from './strings.ts';

/** The cases of a rule as it stands, run now. */
export function CasesTab({ rule }: { rule: RuleDetail }) {
  const mayRun = useMayForAll('rules.test');
  const query = useQuery({
    ...queries.ruleCheck({ id: rule.id, text: rule.source, cases: rule.cases ?? '' }),
    enabled: mayRun && rule.cases !== null,
  });
  if (rule.cases === null)
    return (
      <Empty title={t.cases.none}>
        <p>{t.cases.noneText}</p>
      </Empty>
    );
  return (
    <div className={css.tab}>
      <section aria-label={t.tabs.cases}>
        {!mayRun ? (
          <p className="muted">{t.cases.noneReader}</p>
        ) : query.isError ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : query.data === undefined || query.isPlaceholderData ? (
          <div role="status" aria-label={t.cases.running}>
            <SkeletonRows rows={4} height={34} />
          </div>
        ) : (
          <CaseResults check={query.data} />
        )}
      </section>
      <section>
        <h2>{t.cases.text}</h2>
        <SourceView
          text={rule.cases}
          label={t.cases.text}
          marks={new Set(query.data?.cases?.filter(({ passed }) => !passed).map(({ line }) => line))}
        />
      </section>
    </div>
  );
}

/** Results of cases, the failing ones first and with their reasons. */
export function CaseResults({ check, onGo }: { check: RuleCheck; onGo?: (line: number) => void }) {
  const { cases, caseIssues } = check;
  if (caseIssues.length > 0)
    return (
      <div className={css.results}>
        <p className="notice bad">{t.cases.broken}</p>
        <ul className={css.list}>
          {caseIssues.map((issue) => (
            <li key={`${issue.line} ${issue.message}`}>
              <Place line={issue.line} onGo={onGo} /> {issue.message}
            </li>
          ))}
        </ul>
      </div>
    );
  if (cases === null) return <p className="muted">{t.cases.ruleBroken}</p>;
  if (cases.length === 0) return <p className="muted">{t.cases.noneText}</p>;
  const passed = cases.filter((each) => each.passed).length;
  return (
    <div className={css.results}>
      <p data-testid="cases-passed">
        <strong data-good={passed === cases.length || undefined} className={css.sum}>
          {t.cases.passed(passed, cases.length)}
        </strong>{' '}
        <span className="hint">{t.cases.took(Math.round(check.tookMs))}</span>
      </p>
      <ul className={css.list}>
        {[...cases]
          .sort((a, b) => Number(a.passed) - Number(b.passed))
          .map((each) => (
            <Case key={`${each.line} ${each.name}`} result={each} onGo={onGo} />
          ))}
      </ul>
    </div>
  );
}

function Case({ result, onGo }: { result: RuleCaseResult; onGo: ((line: number) => void) | undefined }) {
  return (
    <li className={css.case} data-passed={result.passed} data-testid="case">
      <span className={css.mark} title={result.passed ? t.cases.ok : t.cases.failed}>
        <Icon name={result.passed ? 'check' : 'close'} size={13} />
        <span className="visually-hidden">{result.passed ? t.cases.ok : t.cases.failed}</span>
      </span>
      <div className={css.about}>
        <span>{result.name}</span>{' '}
        <span className="hint">
          {result.fires ? t.cases.fires : t.cases.quiet} · <Place line={result.line} onGo={onGo} />
        </span>
        {result.reasons.length > 0 && (
          <ul className={css.reasons}>
            {result.reasons.map((reason, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text have no other identity and never move
              <li key={at}>{reason}</li>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

function Place({ line, onGo }: { line: number; onGo: ((line: number) => void) | undefined }) {
  if (onGo === undefined) return <span className="muted">{t.line(line)}</span>;
  return (
    <button type="button" className={css.go} onClick={() => onGo(line)}>
      {t.line(line)}
    </button>
  );
}
