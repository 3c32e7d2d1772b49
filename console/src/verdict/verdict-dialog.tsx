import { useQuery } from '@tanstack/react-query';
import { VERDICT_REASONS } from '@vigie/contracts/verdict-reasons.ts';
import { type FormEvent, type KeyboardEvent, useId, useRef, useState } from 'react';
import { queries } from '../api/queries.ts';
import type { IncidentPatch, Verdict } from '../api/types.ts';
import { OpenStepsNotice, useOpenSteps } from '../procedures/open-steps.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ui } from '../ui/strings.ts';
import { t } from './strings.ts';
import css from './verdict.module.css';

/** Verdicts in the order of their keys. */
export const VERDICTS: readonly Verdict[] = ['true-positive', 'benign-true-positive', 'false-positive'];

const NOTHING: readonly number[] = [];

/** What a person decided: a verdict with its reason, rules at fault, and a note. */
export type Decision = Pick<IncidentPatch, 'reason' | 'rules' | 'comment'> & { verdict: Verdict };

/**
 * Asks for the verdict and why. By keyboard alone: a number for what it was, a number for why, Enter.
 *
 * @param ids incidents that are judged; for a single one the rules at fault can be named
 */
export function VerdictDialog(props: {
  ids: readonly number[];
  /** What is judged, as its title says. */
  what: string;
  /** Closes as well. */
  closing: boolean;
  onCancel: () => void;
  onDecide: (decision: Decision) => void;
}) {
  const { ids, closing } = props;
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [reason, setReason] = useState<string | null>(null);
  const [faulty, setFaulty] = useState<ReadonlySet<string>>(new Set());
  const [note, setNote] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const noteId = useId();
  const only = ids.length === 1 ? ids[0]! : null;
  const incident = useQuery({ ...queries.incident(only ?? 0), enabled: only !== null });
  const rules = [
    ...new Map((incident.data?.alertList ?? []).map((alert) => [alert.ruleId, alert.title])).entries(),
  ];
  const openSteps = useOpenSteps(closing ? ids : NOTHING);
  const lacksNote = (reason === 'other' || openSteps.length > 0) && note.trim() === '';
  const ready = verdict !== null && reason !== null && !lacksNote;

  const choose = (next: Verdict) => {
    setVerdict(next);
    setReason(null);
  };
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (!ready) return;
    const comment = note.trim();
    props.onDecide({
      verdict,
      reason: reason as Decision['reason'],
      ...(verdict === 'false-positive' && faulty.size > 0 ? { rules: [...faulty] } : {}),
      ...(comment === '' ? {} : { comment }),
    });
  };
  const onKey = (event: KeyboardEvent<HTMLFormElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey) {
      if (event.key === 'Enter') submit();
      return;
    }
    if (event.target instanceof HTMLTextAreaElement) return;
    if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) return submit(event);
    if (event.key === 'Backspace' && verdict !== null) {
      setVerdict(null);
      return setReason(null);
    }
    const number = Number(event.key) - 1;
    if (!Number.isInteger(number) || number < 0) return;
    const field = (name: string, value: string) =>
      form.current?.querySelector<HTMLInputElement>(`input[name="${name}"][value="${value}"]`);
    if (verdict === null) {
      const next = VERDICTS[number];
      if (next === undefined) return;
      choose(next);
      // The focus goes along, so that the arrows continue from the chosen one.
      field('verdict', next)?.focus();
    } else {
      const next = VERDICT_REASONS[verdict][number];
      if (next === undefined) return;
      setReason(next);
      if (next === 'other') {
        event.preventDefault();
        form.current?.querySelector('textarea')?.focus();
      } else field('reason', next)?.focus();
    }
  };

  return (
    <Dialog
      title={closing ? t.closeTitle(props.what) : t.judgeTitle(props.what)}
      onClose={props.onCancel}
      width={560}
    >
      <form ref={form} className="stack" onSubmit={submit} onKeyDown={onKey} data-testid="verdict-dialog">
        <fieldset className={css.choices}>
          <legend className="label">{t.what}</legend>
          {VERDICTS.map((each, index) => (
            <label key={each} data-chosen={verdict === each || undefined}>
              <input
                type="radio"
                name="verdict"
                value={each}
                checked={verdict === each}
                onChange={() => choose(each)}
              />
              <span>
                <strong>{t.verdict[each]}</strong>
                <span className="hint">{t.hint[each]}</span>
              </span>
              {verdict === null && <kbd>{index + 1}</kbd>}
            </label>
          ))}
        </fieldset>
        {verdict !== null && (
          <fieldset className={css.reasons}>
            <legend className="label">{t.why}</legend>
            {VERDICT_REASONS[verdict].map((each, index) => (
              <label key={each} data-chosen={reason === each || undefined}>
                <input
                  type="radio"
                  name="reason"
                  value={each}
                  checked={reason === each}
                  onChange={() => setReason(each)}
                />
                <span>{t.reason[each]}</span>
                <kbd>{index + 1}</kbd>
              </label>
            ))}
          </fieldset>
        )}
        {verdict === 'false-positive' && rules.length > 1 && (
          <fieldset className={css.rules}>
            <legend className="label">{t.rules}</legend>
            {rules.map(([id, title]) => (
              <label key={id}>
                <input
                  type="checkbox"
                  checked={faulty.has(id)}
                  onChange={() => {
                    const next = new Set(faulty);
                    if (!next.delete(id)) next.add(id);
                    setFaulty(next);
                  }}
                />
                <span className="wrap">{title}</span>
              </label>
            ))}
            <p className="hint">{t.rulesHint}</p>
          </fieldset>
        )}
        <OpenStepsNotice items={openSteps} />
        <div className="field">
          <label htmlFor={noteId}>{t.note}</label>
          <textarea
            id={noteId}
            className="input"
            rows={2}
            maxLength={10_000}
            placeholder={t.noteHint}
            aria-invalid={lacksNote}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
          {lacksNote && openSteps.length === 0 && <p className="hint">{t.noteNeeded}</p>}
        </div>
        <div className="row">
          <span className="hint">{t.keys}</span>
          <span className="spring" />
          <button type="button" className="btn" onClick={props.onCancel}>
            {ui.cancel}
          </button>
          <button type="submit" className="btn primary" disabled={!ready}>
            {closing ? t.close : t.give}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
