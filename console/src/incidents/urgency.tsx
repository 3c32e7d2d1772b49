import type { IncidentSummary, UrgencyTerm } from '../api/types.ts';
import { Flyout } from '../ui/flyout.tsx';
import { ui } from '../ui/strings.ts';
import { duration } from '../ui/time.ts';
import { useNow } from '../ui/time-view.tsx';
import css from './incidents.module.css';
import { t } from './strings.ts';

/** How urgent an incident is; its terms on hover, and in a panel when asked for. */
export function UrgencyView({ incident }: { incident: IncidentSummary }) {
  const now = useNow();
  const { score, terms } = incident.urgency;
  if (terms.length === 0) return <span className="muted">–</span>;
  const lines = terms.map((term) => ({ term, text: textOf(term, incident, now) }));
  return (
    <span className={css.urgencyHover}>
      <Flyout
        // The name is what hovering shows, too.
        label={[
          t.urgency.why(number(score)),
          ...lines.map(({ term, text }) => `${text} ×${number(term.factor)}`),
        ].join('\n')}
        align="left"
        buttonClass={css.urgencyButton ?? ''}
        button={<span data-testid="urgency">{number(score)}</span>}
      >
        {() => (
          <div className={css.urgencyPanel}>
            <h3>{t.urgency.title}</h3>
            <ul>
              {lines.map(({ term, text }) => (
                <li key={term.term}>
                  <span>{text}</span>
                  <span>×{number(term.factor)}</span>
                </li>
              ))}
            </ul>
            <p>{t.urgency.product(number(score))}</p>
          </div>
        )}
      </Flyout>
    </span>
  );
}

function textOf(term: UrgencyTerm, incident: IncidentSummary, now: number): string {
  switch (term.term) {
    case 'severity':
      return t.urgency.severity(ui.level[incident.level]);
    case 'criticality':
      return term.asset === null
        ? t.urgency.noAsset
        : t.urgency.asset(
            t.urgency.criticality[term.criticality],
            term.asset.slice(term.asset.indexOf(':') + 1),
          );
    case 'confidence':
      return term.probability === null
        ? t.urgency.noConfidence
        : t.urgency.confidence(Math.round(term.probability * 100));
    case 'age': {
      const left = term.dueAt - Math.max(now, Date.now());
      const due = left >= 0 ? t.urgency.due(duration(left)) : t.urgency.overdue(duration(-left));
      return term.fallback ? `${due}, ${t.urgency.fallback}` : due;
    }
  }
}

function number(value: number): string {
  return value >= 10 ? value.toFixed(0) : String(Math.round(value * 100) / 100);
}
