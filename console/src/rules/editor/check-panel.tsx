import type { RuleCheck, RuleIssue, RuleVersionSummary } from '../../api/types.ts';
import { Icon } from '../../ui/icons.tsx';
import { ErrorState } from '../../ui/states.tsx';
import { CaseResults } from '../cases-view.tsx';
import type { Move } from '../moves.tsx';
import { t } from '../strings.ts';
import { WordsView } from '../words-view.tsx';
import css from './editor.module.css';

const RANK = { error: 0, warning: 1, info: 2 } as const;

/** What the server says of the text as it is typed. */
export function CheckPanel(props: {
  check: RuleCheck | undefined;
  checking: boolean;
  error: unknown;
  onRetry: () => void;
  onGo: (part: 'rule' | 'cases', line: number) => void;
  onFix: (issue: RuleIssue) => void;
}) {
  const { check } = props;
  if (props.error !== null && props.error !== undefined)
    return <ErrorState error={props.error} onRetry={props.onRetry} />;
  if (check === undefined) return <p className="muted small">{t.editor.checking}</p>;
  const issues = [...check.issues].sort((a, b) => RANK[a.severity] - RANK[b.severity] || a.line - b.line);
  return (
    <div className={css.check} data-stale={props.checking || undefined} data-testid="check">
      <section>
        <h2>
          {t.editor.problems}{' '}
          <span className="hint" role="status">
            {props.checking ? t.editor.checking : issues.length === 0 ? t.editor.noProblems : issues.length}
          </span>
        </h2>
        <ul className={css.issues}>
          {issues.map((issue) => (
            <li
              key={`${issue.line} ${issue.column} ${issue.code} ${issue.message}`}
              data-severity={issue.severity}
              data-testid="issue"
            >
              <button type="button" className={css.issue} onClick={() => props.onGo('rule', issue.line)}>
                <span className={css.where}>{issue.line}</span>
                <span>
                  <span className="visually-hidden">{issue.severity}: </span>
                  {issue.message} <code className="muted">{issue.code}</code>
                </span>
              </button>
              {issue.fix !== undefined && (
                <button type="button" className="btn small" onClick={() => props.onFix(issue)}>
                  {t.editor.fix}: {issue.fix.title}
                </button>
              )}
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{t.editor.casesPart}</h2>
        <CaseResults check={check} onGo={(line) => props.onGo('cases', line)} />
      </section>
      {check.subject !== null && (
        <section>
          <h2>{t.editor.words}</h2>
          <WordsView words={check.subject.words} />
        </section>
      )}
    </div>
  );
}

/** The way from the text to the live stream: what is done, and what is missing for the next step. */
export function Way(props: {
  /** The version that the text is of; undefined: none yet. */
  version: RuleVersionSummary | undefined;
  check: RuleCheck | undefined;
  dirty: boolean;
  busy: boolean;
  onMove: (move: Move) => void;
}) {
  const { version, check, dirty } = props;
  const errors = check?.issues.filter(({ severity }) => severity === 'error').length ?? 0;
  const cases = check?.cases ?? [];
  const casesBad = (check?.caseIssues.length ?? 0) > 0 || cases.some(({ passed }) => !passed);
  const state = dirty ? undefined : version?.state;
  const missing = {
    test: errors > 0 ? t.editor.missingErrors : casesBad ? t.editor.missingCases : null,
    live:
      errors > 0
        ? t.editor.missingErrors
        : casesBad
          ? t.editor.missingCases
          : state === 'test' || (state === 'retired' && version?.wasLive === true)
            ? null
            : t.editor.missingTest,
  };
  const steps: readonly (readonly [boolean, string])[] = [
    [errors === 0 && check !== undefined, t.editor.steps.errors(errors)],
    [
      !casesBad && cases.length > 0,
      (check?.caseIssues.length ?? 0) > 0
        ? t.editor.steps.casesBroken
        : t.editor.steps.cases(cases.filter(({ passed }) => passed).length, cases.length),
    ],
    [!dirty && version !== undefined, t.editor.steps.saved],
    [state === 'test' || state === 'live', t.editor.steps.test],
    [state === 'live', t.editor.steps.live],
  ];
  const mayTest = state !== 'test' && state !== 'live';
  // Said for the next step only: what comes after it is plain then.
  const first = mayTest && missing.test !== null ? missing.test : state === 'live' ? null : missing.live;
  return (
    <section className={css.way} aria-label={t.editor.way}>
      <ol className={css.steps}>
        {steps.map(([done, text]) => (
          <li key={text} data-done={done}>
            <Icon name={done ? 'check' : 'minus'} size={12} /> {text}
          </li>
        ))}
      </ol>
      <div className={css.promote}>
        {mayTest && (
          <button
            type="button"
            className="btn"
            disabled={props.busy || missing.test !== null}
            onClick={() => props.onMove('test')}
          >
            {dirty || version === undefined ? `${t.editor.save}, ${t.move.test.toLowerCase()}` : t.move.test}
          </button>
        )}
        {state !== 'live' && (
          <button
            type="button"
            className={`btn ${missing.live === null ? 'primary' : ''}`}
            disabled={props.busy || missing.live !== null}
            onClick={() => props.onMove(state === 'retired' ? 'rollback' : 'live')}
          >
            {t.move.live}
          </button>
        )}
        {first !== null && (
          <p className={css.first} role="status">
            {mayTest && missing.test !== null
              ? t.editor.missing(t.move.test, first)
              : t.editor.missing(t.move.live, first)}
          </p>
        )}
      </div>
    </section>
  );
}
