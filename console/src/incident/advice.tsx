import { useState } from 'react';
import css from './incident.module.css';
import { t } from './strings.ts';

/** Steps that are read in a hurry; what a whole chain of alerts advises is more than that. */
const AT_ONCE = 5;

/** What to do now, the advice of the gravest alert first. */
export function Advice({ steps }: { steps: readonly string[] }) {
  const [all, setAll] = useState(false);
  // A button for a single step would take the step's place.
  const shown = all || steps.length <= AT_ONCE + 1 ? steps : steps.slice(0, AT_ONCE);
  return (
    <section aria-labelledby="todo">
      <h2 id="todo">{t.whatToDo}</h2>
      <ol className={css.advice}>
        {shown.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {shown.length < steps.length && (
        <button type="button" className={`btn ${css.moreSteps}`} onClick={() => setAll(true)}>
          {t.moreSteps(steps.length - shown.length)}
        </button>
      )}
    </section>
  );
}
