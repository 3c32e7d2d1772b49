import type { ConversationView } from '@vigie/contracts/api';
import { useId, useState } from 'react';
import { WarningsOf } from '../asset-marks/warnings.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ui } from '../ui/strings.ts';
import css from './conversation.module.css';
import { useConversationChange } from './queries.ts';
import { t } from './strings/strings.ts';

const HOUR = 3_600_000;
const DUE = { h4: 4 * HOUR, h24: 24 * HOUR, d3: 72 * HOUR, d7: 168 * HOUR } as const;
const RISKS = ['low', 'medium', 'high'] as const;

/** Asks the client a question, or for a decision. */
export default function AskDialog(props: {
  kind: 'question' | 'decision';
  view: ConversationView;
  onClose: () => void;
}) {
  const { view } = props;
  const decides = props.kind === 'decision';
  const change = useConversationChange(view.incident);
  const id = useId();
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [choices, setChoices] = useState(decides ? '' : t.choicesDefault);
  const [risk, setRisk] = useState<(typeof RISKS)[number]>('medium');
  const [due, setDue] = useState<keyof typeof DUE>('h24');
  const [pauses, setPauses] = useState(true);
  const [fourEyes, setFourEyes] = useState(false);
  const [byRole, setByRole] = useState(true);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    new Set(view.contacts.length === 1 ? view.contacts.map(({ email }) => email) : []),
  );
  const ready =
    text.trim().length >= 3 &&
    (decides ? title.trim() !== '' && (byRole || chosen.size > 0) : chosen.size > 0);
  const send = () => {
    const common = {
      text: text.trim(),
      choices: [...new Set(choices.split('\n').map((line) => line.trim()))].filter((line) => line !== ''),
      recipients: view.contacts.filter(({ email }) => chosen.has(email)),
      dueAt: Date.now() + DUE[due],
      pauses,
    };
    change.mutate(
      decides
        ? {
            method: 'POST',
            path: 'decisions',
            body: {
              ...common,
              title: title.trim(),
              risk,
              fourEyes,
              approverRole: byRole ? 'client-responder' : null,
            },
            said: t.proposed,
          }
        : { method: 'POST', path: 'questions', body: common, said: t.asked },
      { onSuccess: props.onClose },
    );
  };
  return (
    <Dialog title={decides ? t.decideTitle : t.askTitle} onClose={props.onClose} width={560}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) send();
        }}
      >
        {decides && <WarningsOf incident={view.incident} />}
        {decides && (
          <div className="field">
            <label htmlFor={`${id}-title`}>{t.decideName}</label>
            <input
              id={`${id}-title`}
              className="input"
              maxLength={200}
              value={title}
              onChange={(event) => setTitle(event.target.value)}
            />
          </div>
        )}
        <div className="field">
          <label htmlFor={`${id}-text`}>{decides ? t.decideText : t.askText}</label>
          <textarea
            id={`${id}-text`}
            className="input"
            rows={4}
            maxLength={4000}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <p className="hint">{decides ? t.decideTextHint : t.askTextHint}</p>
        </div>
        <div className="field">
          <label htmlFor={`${id}-choices`}>{decides ? t.waysField : t.choicesField}</label>
          <textarea
            id={`${id}-choices`}
            className="input"
            rows={3}
            maxLength={1000}
            value={choices}
            onChange={(event) => setChoices(event.target.value)}
          />
        </div>
        <fieldset className={css.choices}>
          <legend>{t.recipients}</legend>
          {view.contacts.length === 0 && <p className="hint">{t.noContacts}</p>}
          {view.contacts.map(({ name, email }) => (
            <label key={email}>
              <input
                type="checkbox"
                checked={chosen.has(email)}
                onChange={(event) => {
                  const next = new Set(chosen);
                  if (event.target.checked) next.add(email);
                  else next.delete(email);
                  setChosen(next);
                }}
              />
              <span className="wrap">
                {name} &lt;{email}&gt;
              </span>
            </label>
          ))}
        </fieldset>
        <div className="row">
          <div className="field">
            <label htmlFor={`${id}-due`}>{t.dueField}</label>
            <select
              id={`${id}-due`}
              className="select"
              value={due}
              onChange={(event) => setDue(event.target.value as keyof typeof DUE)}
            >
              {(Object.keys(DUE) as (keyof typeof DUE)[]).map((each) => (
                <option key={each} value={each}>
                  {t.dueIn[each]}
                </option>
              ))}
            </select>
          </div>
          {decides && (
            <div className="field">
              <label htmlFor={`${id}-risk`}>{t.risk}</label>
              <select
                id={`${id}-risk`}
                className="select"
                value={risk}
                onChange={(event) => setRisk(event.target.value as (typeof RISKS)[number])}
              >
                {RISKS.map((each) => (
                  <option key={each} value={each}>
                    {t.risks[each]}
                  </option>
                ))}
              </select>
            </div>
          )}
        </div>
        <div className={css.choices}>
          {decides && (
            <>
              <Check label={t.approvers} checked={byRole} onChange={setByRole} />
              <Check label={t.fourEyes} checked={fourEyes} onChange={setFourEyes} />
            </>
          )}
          <Check label={t.pauses} checked={pauses} onChange={setPauses} />
        </div>
        <div className="row">
          <span className="spring" />
          <button type="button" className="btn" onClick={props.onClose}>
            {ui.cancel}
          </button>
          <button type="submit" className="btn primary" disabled={!ready || change.isPending}>
            {decides ? t.decideSend : t.askSend}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Check(props: { label: string; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <label>
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      <span>{props.label}</span>
    </label>
  );
}
