import type { AttachedStep, Language, StepTelling, TellPerson } from '@vigie/contracts/api';
import { useId, useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { LANGUAGE_NAMES } from '../ui/language.ts';
import css from './procedures.module.css';
import { Reach } from './reach.tsx';
import type { StepActions } from './step-controls.tsx';
import { t } from './strings.ts';

type Texts = Partial<Record<Language, { subject: string; text: string }>>;
/** Marks what nobody but a person can fill in. */
const OPEN = /\{[a-z]{1,20}\}|…/g;

/** Sends the prepared words to people: whom, in which words, and one button that sends. */
export default function MailDialog(props: {
  step: AttachedStep;
  actions: StepActions;
  view: StepTelling;
  onClose: () => void;
}) {
  const { step, actions, view, onClose } = props;
  const id = useId();
  // Whoever is meant and can be written to now; where that is nobody, all who are meant.
  const meant = view.people.filter(({ meant: how }) => how === 'direct');
  const first = meant.length > 0 ? meant : view.people.filter(({ meant: how }) => how === 'through');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(first.map((person) => person.id)));
  const [texts, setTexts] = useState<Texts>(() =>
    Object.fromEntries(
      Object.entries(view.messages).map(([language, { subject, text }]) => [language, { subject, text }]),
    ),
  );
  const [atOnce, setAtOnce] = useState(false);
  const people = view.people.filter((person) => chosen.has(person.id));
  const languages = [...new Set(people.map(({ language }) => language))];
  const waits = people.some(({ reachable }) => !reachable);
  const ready =
    people.length > 0 &&
    languages.every((each) => texts[each]?.subject.trim() && texts[each]?.text.trim()) &&
    (atOnce || people.every(({ reachableAt }) => reachableAt !== null));
  const toggle = (person: TellPerson, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(person.id);
    else next.delete(person.id);
    setChosen(next);
  };
  const send = async () => {
    const messages = Object.fromEntries(languages.map((each) => [each, texts[each]!]));
    const sent = await actions.tell(step.id, {
      how: 'mail',
      seen: view.told.length,
      to: people.map((person) => person.id),
      messages,
      atOnce,
    });
    if (sent) onClose();
  };
  const others = view.people.filter(({ meant: how }) => how === 'other');
  const rows = (list: readonly TellPerson[]) =>
    list.map((person) => (
      <label key={person.id}>
        <input
          type="checkbox"
          checked={chosen.has(person.id)}
          onChange={(event) => toggle(person, event.target.checked)}
        />
        <span className="wrap">
          {person.name} &lt;{person.email}&gt; · {LANGUAGE_NAMES[person.language]}
          <br />
          <Reach person={person} />
          {person.meant === 'through' && <span className="hint"> · {t.tell.through}</span>}
        </span>
      </label>
    ));
  return (
    <Dialog title={t.tell.mailTitle} width={620} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) void send();
        }}
      >
        <fieldset className={css.recipients}>
          <legend className="label">{t.panel.to}</legend>
          {first.length === 0 && <p className="hint">{t.tell.nobody}</p>}
          {rows(view.people.filter(({ meant: how }) => how !== 'other'))}
          {others.length > 0 && (
            <details open={first.length === 0}>
              <summary className="small">{t.tell.others}</summary>
              {rows(others)}
            </details>
          )}
        </fieldset>
        {languages.map((each) => {
          const words = texts[each] ?? { subject: '', text: '' };
          const open = [...new Set(`${words.subject}\n${words.text}`.match(OPEN) ?? [])];
          const set = (change: Partial<typeof words>) =>
            setTexts({ ...texts, [each]: { ...words, ...change } });
          return (
            <fieldset key={each} className={css.words} lang={each}>
              <legend className="label">{LANGUAGE_NAMES[each]}</legend>
              {view.messages[each]?.own === false && <p className="hint">{t.tell.notOwn}</p>}
              <div className="field">
                <label htmlFor={`${id}-${each}-subject`}>{t.tell.subject}</label>
                <input
                  id={`${id}-${each}-subject`}
                  className="input"
                  maxLength={180}
                  value={words.subject}
                  onChange={(event) => set({ subject: event.target.value })}
                />
              </div>
              <div className="field">
                <label htmlFor={`${id}-${each}-text`}>{t.tell.text}</label>
                <textarea
                  id={`${id}-${each}-text`}
                  className="input"
                  rows={8}
                  maxLength={6_000}
                  value={words.text}
                  onChange={(event) => set({ text: event.target.value })}
                />
                {open.length > 0 && (
                  <p className="hint" role="status">
                    {t.tell.open(open.join(' '))}
                  </p>
                )}
              </div>
            </fieldset>
          );
        })}
        {waits && (
          <label className="row small">
            <input type="checkbox" checked={atOnce} onChange={(event) => setAtOnce(event.target.checked)} />
            {t.tell.atOnce}
          </label>
        )}
        <div className="row">
          <span className="hint">{t.tell.confirm}</span>
          <span className="spring" />
          <button type="submit" className="btn primary" disabled={!ready || actions.pending}>
            {t.tell.send(people.length)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
