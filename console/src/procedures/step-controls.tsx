import type { AttachedStep, NewTelling, StepChange, StepSearch } from '@vigie/contracts/api';
import { useId, useState } from 'react';
import { Link } from 'wouter';
import { call } from '../api/client.ts';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import css from './procedures.module.css';
import { t } from './strings.ts';

/** What a step's view can do. */
export interface StepActions {
  readonly pending: boolean;
  /** Whether the person may do the steps of that side. */
  readonly mayAct: (by: AttachedStep['by']) => boolean;
  /** Whether they may give steps to people, and take procedures off. */
  readonly mayGive: boolean;
  readonly tenant: string;
  readonly people: readonly { readonly id: string; readonly name: string }[];
  /** Address that runs a step's search. */
  readonly searchAt: (step: string) => string;
  /** Address of whom a step tells. */
  readonly tellAt: (step: string) => string;
  /** True when the server has it. */
  readonly tell: (step: string, body: NewTelling) => Promise<boolean>;
  /** `moveOn`: the next open step is opened. True when the server has it. */
  readonly change: (step: string, body: StepChange, moveOn: boolean) => Promise<boolean>;
}

interface Control {
  readonly step: AttachedStep;
  readonly actions: StepActions;
}

/** Runs the step's search with the incident's values, shows how much it found and leads to it. */
export function SearchControl(props: { address: string; tenant: string; queries: readonly string[] }) {
  const [found, setFound] = useState<StepSearch | null>(null);
  const [running, setRunning] = useState(false);
  const run = async () => {
    setRunning(true);
    try {
      setFound(await call<StepSearch>('POST', props.address));
    } catch (error) {
      toast(messageOf(error), 'bad');
    } finally {
      setRunning(false);
    }
  };
  const text = found?.q || props.queries[0] || '';
  return (
    <div className={css.search}>
      <code className="wrap">{text}</code>
      <div className="row">
        <button
          type="button"
          className="btn small"
          data-key="run"
          disabled={running}
          onClick={() => void run()}
        >
          {t.panel.run} <kbd>r</kbd>
        </button>
        <output aria-live="polite" data-testid="step-found">
          {found !== null &&
            (found.count === null ? (
              t.panel.missing(found.missing.map((type) => t.entity[type]).join(', '))
            ) : (
              <>
                <strong>{t.panel.found(found.count)}</strong>{' '}
                <Link href={eventsAt(props.tenant, found)}>{t.panel.look}</Link>
              </>
            ))}
        </output>
      </div>
    </div>
  );
}

function eventsAt(tenant: string, { q, from, to }: StepSearch): string {
  return `/events?${new URLSearchParams({ tenant, q, from: String(from), to: String(to) })}`;
}

/** A choice settles the step. */
export function DecisionControl({ step, actions }: Control) {
  return (
    <div className={css.options}>
      {step.options.map(({ id, label }) => (
        <button
          key={id}
          type="button"
          className="btn"
          disabled={actions.pending}
          onClick={() => void actions.change(step.id, { state: 'done', was: step.state, option: id }, true)}
        >
          {label}
        </button>
      ))}
    </div>
  );
}

/** What the step asks for; of a file only its name and digest are taken, the file itself goes nowhere. */
export function EvidenceControl({ step, actions }: Control) {
  const [text, setText] = useState(step.evidence ?? '');
  const id = useId();
  const save = () => {
    const evidence = text.trim();
    if (evidence !== '') void actions.change(step.id, { state: 'done', was: step.state, evidence }, true);
  };
  const digest = async (file: File | undefined) => {
    if (file === undefined) return;
    try {
      const hash = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
      const hex = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
      setText(
        (before) => `${before}${before === '' ? '' : '\n'}${file.name}, ${file.size} B, SHA-256 ${hex}`,
      );
    } catch (error) {
      toast(messageOf(error), 'bad');
    }
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div className="field">
        <label htmlFor={id}>{step.asks === null ? t.panel.note : t.asks[step.asks]}</label>
        <textarea
          id={id}
          className="input"
          rows={step.asks === 'value' ? 1 : 3}
          maxLength={10_000}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save();
          }}
        />
      </div>
      {/* Without a secure connection the browser has no digests; name and digest are then written by hand. */}
      {step.asks === 'file' && globalThis.crypto.subtle !== undefined && (
        <label className="small">
          {t.panel.pickFile} <input type="file" onChange={(event) => void digest(event.target.files?.[0])} />
        </label>
      )}
      <div className="row">
        <button
          type="submit"
          className="btn primary small"
          data-key="done"
          disabled={actions.pending || text.trim() === ''}
        >
          {t.panel.done} <kbd>d</kbd>
        </button>
      </div>
    </form>
  );
}

/** Done, skipped with a reason, not applicable, open again, and whose it is. */
export function SettleControls({ step, actions }: Control) {
  const [reason, setReason] = useState<string | null>(null);
  const id = useId();
  const settle = (state: AttachedStep['state'], more: { reason?: string } = {}) =>
    actions.change(step.id, { state, was: step.state, ...more }, state !== 'open');
  if (step.state !== 'open')
    return (
      <div className="row">
        <button
          type="button"
          className="btn small"
          disabled={actions.pending}
          onClick={() => void settle('open')}
        >
          {t.panel.reopen}
        </button>
      </div>
    );
  return (
    <div className="stack">
      <div className="row">
        {step.kind !== 'decision' && step.kind !== 'evidence' && (
          <button
            type="button"
            className="btn primary small"
            data-key="done"
            disabled={actions.pending}
            onClick={() => void settle('done')}
          >
            {t.panel.done} <kbd>d</kbd>
          </button>
        )}
        <button
          type="button"
          className="btn small"
          aria-expanded={reason !== null}
          disabled={actions.pending}
          onClick={() => setReason(reason === null ? '' : null)}
        >
          {t.panel.skip}
        </button>
        <button
          type="button"
          className="btn small"
          disabled={actions.pending}
          onClick={() => void settle('not-applicable')}
        >
          {t.panel.notApplicable}
        </button>
        {actions.mayGive && (
          <>
            <span className="spring" />
            <label className="small" htmlFor={`${id}-who`}>
              {t.panel.assignee}
            </label>
            <select
              id={`${id}-who`}
              className="select"
              value={step.assignee?.id ?? ''}
              disabled={actions.pending}
              onChange={(event) =>
                void actions.change(
                  step.id,
                  { assignee: event.target.value === '' ? null : event.target.value },
                  false,
                )
              }
            >
              <option value="">{t.panel.nobody}</option>
              {actions.people.map((person) => (
                <option key={person.id} value={person.id}>
                  {person.name}
                </option>
              ))}
            </select>
          </>
        )}
      </div>
      {reason !== null && (
        <form
          className="row"
          onSubmit={(event) => {
            event.preventDefault();
            void settle('skipped', { reason: reason.trim() });
          }}
        >
          <label className="small" htmlFor={id}>
            {t.panel.reason}
          </label>
          <input
            id={id}
            className={`input ${css.reason}`}
            maxLength={2_000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <button type="submit" className="btn small" disabled={actions.pending || reason.trim().length < 3}>
            {t.panel.skip}
          </button>
        </form>
      )}
    </div>
  );
}
