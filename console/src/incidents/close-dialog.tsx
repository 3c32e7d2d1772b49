import { type FormEvent, type KeyboardEvent, useState } from 'react';
import type { Verdict } from '../api/types.ts';
import { OpenStepsNotice, useOpenSteps } from '../procedures/open-steps.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ui } from '../ui/strings.ts';
import css from './incidents.module.css';
import { t } from './strings.ts';

const VERDICTS: readonly Verdict[] = ['true-positive', 'benign-true-positive', 'false-positive'];

/** Asks for the verdict; closing without one would leave the rule's owner blind. */
export function CloseDialog({
  ids,
  onCancel,
  onClose,
}: {
  ids: readonly number[];
  onCancel: () => void;
  onClose: (verdict: Verdict, comment: string) => void;
}) {
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [comment, setComment] = useState('');
  const open = useOpenSteps(ids);
  const ready = verdict !== null && (open.length === 0 || comment.trim() !== '');
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (verdict !== null && ready) onClose(verdict, comment.trim());
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
    if (event.target instanceof HTMLTextAreaElement) return;
    const byNumber = VERDICTS[Number(event.key) - 1];
    if (byNumber === undefined) return;
    setVerdict(byNumber);
    // The focus goes along, so that the arrows continue from the chosen one.
    event.currentTarget.querySelector<HTMLInputElement>(`input[value="${byNumber}"]`)?.focus();
  };
  return (
    <Dialog
      title={ids.length === 1 ? t.closeTitle(`INC-${ids[0]}`) : t.closeMany(ids.length)}
      onClose={onCancel}
    >
      <form className="stack" onSubmit={submit} onKeyDown={onKey}>
        <fieldset className={css.verdicts}>
          <legend className="label">{t.verdict}</legend>
          {VERDICTS.map((each, index) => (
            <label key={each} data-chosen={verdict === each || undefined}>
              <input
                type="radio"
                name="verdict"
                value={each}
                checked={verdict === each}
                onChange={() => setVerdict(each)}
              />
              <span>
                <strong>{ui.verdict[each]}</strong>
                <span className="hint">{ui.verdictHint[each]}</span>
              </span>
              <kbd>{index + 1}</kbd>
            </label>
          ))}
        </fieldset>
        <OpenStepsNotice items={open} />
        <div className="field">
          <label htmlFor="close-comment">{t.comment}</label>
          <textarea
            id="close-comment"
            className="input"
            rows={3}
            maxLength={10_000}
            placeholder={t.commentHint}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
          />
        </div>
        <div className="row">
          <span className="hint">{t.closeKeys}</span>
          <span className="spring" />
          <button type="button" className="btn" onClick={onCancel}>
            {ui.cancel}
          </button>
          <button type="submit" className="btn primary" disabled={!ready}>
            {t.confirmClose}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
