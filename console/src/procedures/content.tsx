import type { ProcedureStepView } from '@vigie/contracts/api';
import { duration } from '../ui/time.ts';
import { Markdown } from './markdown.tsx';
import css from './procedures.module.css';
import { t } from './strings.ts';
import { whomText } from './tell.tsx';

/** A procedure as people read it before it is used. */
export function ProcedureContent({
  summary,
  content,
}: {
  summary: string;
  content: readonly ProcedureStepView[];
}) {
  return (
    <div className={css.content}>
      <Markdown text={summary} />
      <ol className={css.steps}>
        {content.map((step, index) => (
          <li key={step.id} className={css.step}>
            <div className={css.stepHead}>
              <span className={css.mark} aria-hidden="true">
                {index + 1}
              </span>
              <span className={css.stepTitle}>{step.title.replaceAll('**', '')}</span>
              <span className={css.badges}>
                <span className={css.badge}>{t.kind[step.kind]}</span>
                {step.by === 'client' && <span className={css.badge}>{t.role[step.role]}</span>}
                {step.mandatory && <span className={css.badge}>{t.panel.mandatory}</span>}
                {step.within !== null && (
                  <span className={css.badge}>
                    {t.detail.within} {duration(step.within)}
                  </span>
                )}
              </span>
            </div>
            <div className={css.stepBody}>
              <Markdown text={step.text} />
              {step.queries.map((query) => (
                <code key={query} className="wrap">
                  {query}
                </code>
              ))}
              {step.options.length > 0 && (
                <ul className={css.plain}>
                  {step.options.map(({ id, label, to }) => (
                    <li key={id}>
                      {label}
                      {to !== null && <span className="hint"> → {to}</span>}
                    </li>
                  ))}
                </ul>
              )}
              {step.kind === 'tell' && (
                <div className={css.tell}>
                  <p className="small">
                    {t.panel.to}: <strong>{whomText(step)}</strong>
                  </p>
                  <blockquote>{step.message}</blockquote>
                </div>
              )}
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}
