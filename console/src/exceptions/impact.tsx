import type { CSSProperties } from 'react';
import { Link } from 'wouter';
import type { ExceptionImpact, ExceptionPreview, ExceptionRefusal } from '../api/types.ts';
import { DayBars } from '../rules/day-bars.tsx';
import { Icon } from '../ui/icons.tsx';
import { whole } from '../ui/numbers.ts';
import { At } from '../ui/time-view.tsx';
import css from './exceptions.module.css';
import { t } from './strings.ts';

const SHOWN = 5;
/** Fields that say in a line what an event was. */
const TELLING = ['process.command_line', 'process.executable', 'url.original', 'file.path', 'event.action'];

/** What a draft would have silenced, and what a person should know before saving it. */
export function Impact({ preview }: { preview: ExceptionPreview }) {
  const { impact, warnings, refusals } = preview;
  return (
    <div className={css.impact} data-testid="exception-impact">
      {refusals.length > 0 && <Refusals items={refusals} />}
      <div className={css.figures}>
        <strong data-testid="exception-silenced">{t.impact.of(impact.silenced, impact.total)}</strong>
        <span>
          {t.impact.would}
          {impact.alerts > 0 && <span className="muted"> · {t.impact.alerts(impact.alerts)}</span>}
        </span>
      </div>
      {warnings.length > 0 && (
        <ul className={css.warnings}>
          {warnings.map(({ code, message, ruleId }) => (
            <li key={`${code} ${ruleId ?? ''} ${message}`} data-code={code}>
              {message}
            </li>
          ))}
        </ul>
      )}
      {impact.silenced > 0 && (
        <>
          <DayBars byDay={impact.byDay} from={impact.from} to={impact.to} label={t.impact.chart} />
          <div className={css.tops}>
            {impact.byRule.length > 1 && <Rules items={impact.byRule} />}
            <Top title={t.impact.byHost} items={impact.byHost} of={impact.silenced} />
            <Top title={t.impact.byUser} items={impact.byUser} of={impact.silenced} />
          </div>
          <Samples items={impact.samples} />
        </>
      )}
    </div>
  );
}

function Refusals({ items }: { items: readonly ExceptionRefusal[] }) {
  return (
    <div className="notice bad" role="alert" data-testid="exception-refused">
      <strong>{t.impact.refused}.</strong> {t.impact.refusedText}
      <ul className={css.refusals}>
        {items.map((item) =>
          item.kind === 'case' ? (
            <li key={`${item.ruleId} ${item.name}`}>{t.impact.refusedCase(item.name, item.ruleTitle)}</li>
          ) : (
            <li key={item.id}>
              <Link href={`/incidents/${item.id}`} target="_blank">
                INC-{item.id} {item.title} <Icon name="external" size={11} />
              </Link>
              <div className="hint">{t.impact.refusedIncident(item.detections, item.ruleTitle)}</div>
            </li>
          ),
        )}
      </ul>
    </div>
  );
}

function Rules({ items }: { items: ExceptionImpact['byRule'] }) {
  return (
    <section>
      <h4>{t.impact.byRule}</h4>
      <ul>
        {items.slice(0, SHOWN).map((rule) => (
          <li key={rule.id}>
            <span className="truncate" title={rule.title}>
              {rule.title}
            </span>
            <span className={css.figure}>
              {rule.method === 'none'
                ? t.impact.notCounted(rule.reason ?? '')
                : t.impact.of(rule.silenced, rule.total)}
            </span>
          </li>
        ))}
        {items.length > SHOWN && <li className="hint">{t.impact.more(items.length - SHOWN)}</li>}
      </ul>
    </section>
  );
}

function Top({ title, items, of }: { title: string; items: ExceptionImpact['byHost']; of: number }) {
  if (items.length === 0) return null;
  return (
    <section>
      <h4>{title}</h4>
      <ul>
        {items.slice(0, SHOWN).map(({ tenant, value, count }) => (
          <li
            key={`${tenant} ${value}`}
            style={{ '--share': `${(100 * count) / Math.max(1, of)}%` } as CSSProperties}
          >
            <span className="truncate" title={value}>
              {value === '' ? t.impact.none : value}
            </span>
            <span className={css.figure}>{whole(count)}</span>
          </li>
        ))}
        {items.length > SHOWN && <li className="hint">{t.impact.more(items.length - SHOWN)}</li>}
      </ul>
    </section>
  );
}

function Samples({ items }: { items: ExceptionImpact['samples'] }) {
  if (items.length === 0) return null;
  return (
    <details className={css.samples}>
      <summary>{t.impact.samples}</summary>
      <ul>
        {items.map((event) => {
          const text = (name: string) => {
            const value = event.fields[name];
            return value === undefined ? '' : String(value);
          };
          const telling = TELLING.map(text).find((value) => value !== '') ?? text('event.original');
          return (
            <li key={`${event.tenant} ${event.id}`}>
              <span className="muted">
                <At at={event.at} as="row" />{' '}
                {[text('host.name'), text('user.name')].filter(Boolean).join(' · ')}
              </span>
              <div className="mono truncate" title={telling}>
                {telling}
              </div>
            </li>
          );
        })}
      </ul>
    </details>
  );
}
