import type { AttachedStep } from '@vigie/contracts/api';
import { Icon } from '../ui/icons.tsx';
import { At } from '../ui/time-view.tsx';
import { Markdown } from './markdown.tsx';
import css from './procedures.module.css';
import {
  DecisionControl,
  EvidenceControl,
  SearchControl,
  SettleControls,
  type StepActions,
} from './step-controls.tsx';
import { t } from './strings.ts';
import { TellControl } from './tell.tsx';

export type { StepActions } from './step-controls.tsx';

const MARK = { open: '', done: '✓', skipped: '–', 'not-applicable': '∅' } as const;

/** One step of a checklist: its state, and opened what to do and what was done. */
export function Step(props: {
  id: string;
  number: number;
  step: AttachedStep;
  next: boolean;
  open: boolean;
  onToggle: () => void;
  actions: StepActions;
}) {
  const { id, step, actions, open } = props;
  const settled = step.state !== 'open';
  const mayAct = actions.mayAct(step.by);
  return (
    <li className={css.step} data-state={step.passed ? 'passed' : step.state} data-testid={`step-${step.id}`}>
      <button
        type="button"
        id={id}
        className={css.stepHead}
        aria-expanded={open}
        aria-controls={`${id}-body`}
        aria-current={props.next ? 'step' : undefined}
        onClick={props.onToggle}
      >
        <span className={css.mark} data-state={step.state} aria-hidden="true">
          {settled ? MARK[step.state] : props.number}
        </span>
        <span className={css.stepTitle}>
          <span className="visually-hidden">
            {step.passed ? t.panel.passed : t.panel.state[step.state]}:{' '}
          </span>
          <Plain text={step.title} />
        </span>
        <span className={css.badges}>
          {step.by === 'client' && <span className={css.badge}>{t.panel.client}</span>}
          {step.mandatory && !settled && !step.passed && (
            <span className={css.badge}>{t.panel.mandatory}</span>
          )}
          {step.passed && <span className={css.badge}>{t.panel.passed}</span>}
          {step.assignee !== null && <span className={css.badge}>{step.assignee.name}</span>}
          {!settled && !step.passed && step.dueAt !== null && (
            <span className={css.badge} data-bad={step.overdue || undefined}>
              {step.overdue ? t.panel.overdue : t.panel.due} <At at={step.dueAt} />
            </span>
          )}
          {settled && (
            <span className="hint">
              {t.panel.state[step.state]}
              {step.at !== null && (
                <>
                  , <At at={step.at} />
                </>
              )}
            </span>
          )}
        </span>
        <Icon name={open ? 'down' : 'next'} size={12} />
      </button>
      {open && (
        <div className={css.stepBody} id={`${id}-body`}>
          <p className="hint">
            {t.kind[step.kind]} · {t.role[step.role]}
          </p>
          <Markdown text={step.text} />
          {step.kind === 'query' && (
            <SearchControl
              address={actions.searchAt(step.id)}
              tenant={actions.tenant}
              queries={step.queries}
            />
          )}
          {step.kind === 'tell' && <TellControl step={step} actions={actions} />}
          {step.option !== null && (
            <p className="small">
              {t.panel.chosen}: <strong>{step.options.find((one) => one.id === step.option)?.label}</strong>
            </p>
          )}
          {step.evidence !== null && <p className={css.noted}>{step.evidence}</p>}
          {step.reason !== null && <p className={css.noted}>{step.reason}</p>}
          {settled && step.actor !== null && (
            <p className="hint">
              {t.panel.state[step.state]} {t.panel.by(step.actor)} · <At at={step.at} />
            </p>
          )}
          {mayAct && !settled && step.kind === 'decision' && (
            <DecisionControl step={step} actions={actions} />
          )}
          {mayAct && !settled && step.kind === 'evidence' && (
            <EvidenceControl step={step} actions={actions} />
          )}
          {mayAct && <SettleControls step={step} actions={actions} />}
        </div>
      )}
    </li>
  );
}

/** Titles may hold strong words; a head is read in one go. */
function Plain({ text }: { text: string }) {
  return <>{text.replaceAll('**', '').replaceAll('`', '')}</>;
}
