import type { AttachedStep, StepTelling } from '@vigie/contracts/api';
import { useId, useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/fields.tsx';
import { ui } from '../ui/strings.ts';
import { inputValue } from '../ui/time.ts';
import type { StepActions } from './step-controls.tsx';
import { t } from './strings.ts';

/** Notes that somebody was told by phone. */
export default function CallDialog(props: {
  step: AttachedStep;
  actions: StepActions;
  view: StepTelling;
  onClose: () => void;
}) {
  const { step, actions, view, onClose } = props;
  const id = useId();
  const [person, setPerson] = useState(view.people.find(({ meant }) => meant !== 'other')?.id ?? '');
  const [other, setOther] = useState('');
  const [at, setAt] = useState(inputValue(Date.now()).slice(0, 16));
  const [note, setNote] = useState('');
  const known = view.people.find((one) => one.id === person);
  const name = known?.name ?? other.trim();
  const time = Date.parse(at);
  const save = async () => {
    const done = await actions.tell(step.id, {
      how: 'phone',
      seen: view.told.length,
      person: known?.id ?? null,
      name,
      at: Math.min(time, Date.now()),
      note: note.trim(),
    });
    if (done) onClose();
  };
  return (
    <Dialog title={t.tell.callTitle} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <SelectField
          label={t.tell.spokeWith}
          value={person}
          onChange={(event) => setPerson(event.target.value)}
        >
          {view.people.map((one) => (
            <option key={one.id} value={one.id}>
              {one.phone === null ? one.name : `${one.name}, ${one.phone}`}
            </option>
          ))}
          <option value="">{t.tell.someoneElse}</option>
        </SelectField>
        {known === undefined && (
          <TextField
            label={t.tell.name}
            maxLength={200}
            value={other}
            onChange={(event) => setOther(event.target.value)}
          />
        )}
        <TextField
          label={t.tell.when}
          type="datetime-local"
          value={at}
          onChange={(event) => setAt(event.target.value)}
        />
        <div className="field">
          <label htmlFor={id}>{t.tell.note}</label>
          <textarea
            id={id}
            className="input"
            rows={3}
            maxLength={2_000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        </div>
        <div className="row">
          <span className="spring" />
          <button
            type="submit"
            className="btn primary"
            disabled={name === '' || Number.isNaN(time) || actions.pending}
          >
            {ui.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
