import { useQueryClient } from '@tanstack/react-query';
import { Dialog } from '../../ui/dialog.tsx';
import { ui } from '../../ui/strings.ts';
import { DiffView } from '../diff-view.tsx';
import { t } from '../strings.ts';
import css from './editor.module.css';
import type { KeptText } from './kept-text.ts';
import type { Conflict, Saving } from './saving.ts';

/** Somebody else saved first: shows the difference, and lets the person decide. */
export function ConflictDialog(props: {
  saving: Saving;
  conflict: Conflict;
  text: string;
  onTake: (kept: KeptText) => void;
}) {
  const { saving, conflict } = props;
  const { current, revision } = conflict;
  const client = useQueryClient();
  return (
    <Dialog title={t.editor.conflictTitle} onClose={() => saving.setConflict(null)} width={820}>
      <div className="stack">
        <p>{t.editor.conflictText(current.number, current.author)}</p>
        <h3>{t.editor.conflictDiff}</h3>
        <div className={css.conflict}>
          <DiffView before={current.text} after={props.text} label={t.editor.conflictDiff} />
        </div>
        <div className="row">
          <span className="spring" />
          <button type="button" className="btn" onClick={() => saving.setConflict(null)}>
            {ui.cancel}
          </button>
          <button
            type="button"
            className="btn danger"
            onClick={() => {
              props.onTake(current);
              saving.setSaved({ text: current.text, cases: current.cases, revision, number: current.number });
              saving.setConflict(null);
              void client.invalidateQueries({ queryKey: ['rule-versions'] });
            }}
          >
            {t.editor.conflictTake}
          </button>
          <button
            type="button"
            className="btn primary"
            disabled={saving.busy}
            onClick={() => saving.save({ revision })}
          >
            {t.editor.conflictKeep}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
