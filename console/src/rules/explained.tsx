import type { ExplainedLine, RuleExplanation } from '../api/types.ts';
import { Icon } from '../ui/icons.tsx';
import css from './explain.module.css';
import { t } from './strings.ts';

/** Why a rule matches an event or not, down to each value. What matched stands under the lamp. */
export function Explained({ explanation }: { explanation: RuleExplanation }) {
  return (
    <div className={css.explained} data-testid="explanation">
      {explanation.correlation !== null && (
        <section className={css.counted}>
          <p>{explanation.correlation.sentence}</p>
          {explanation.correlation.group.length > 0 && (
            <p className="small">
              {t.explain.group}{' '}
              {explanation.correlation.group.map(({ field, value }) => (
                <span key={field} className={css.group}>
                  <code>{field}</code> ={' '}
                  {value === null ? <span className="muted">{t.explain.noGroup}</span> : <code>{value}</code>}
                </span>
              ))}
            </p>
          )}
        </section>
      )}
      {explanation.rules.map((rule) => (
        <section key={rule.id} data-matches={rule.matches} data-testid="explained-rule">
          <h2 className={css.verdict}>
            <Mark holds={rule.matches} />
            {rule.title} {rule.matches ? t.explain.matches : t.explain.doesNot}
            <span className="hint">
              {explanation.source === 'stored'
                ? t.explain.stored
                : explanation.source === 'unrecognised'
                  ? t.explain.unknownSource
                  : t.explain.readAs(explanation.source)}
            </span>
          </h2>
          {rule.logsource !== 'holds' && <p className="notice warn">{t.explain[rule.logsource]}</p>}
          <ul className={css.lines}>
            {belowNot(rule.lines).map(({ line, excluded }, at) => (
              <li
                // biome-ignore lint/suspicious/noArrayIndexKey: lines of an explanation have no other identity and never move
                key={at}
                style={{ paddingLeft: line.depth * 20 }}
                data-holds={line.holds}
              >
                <Mark holds={line.holds} />
                <Line line={line} excluded={excluded} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Mark({ holds }: { holds: boolean }) {
  return (
    <span className={css.mark} data-holds={holds}>
      <Icon name={holds ? 'check' : 'close'} size={12} />
      <span className="visually-hidden">{holds ? t.explain.holds : t.explain.fails}: </span>
    </span>
  );
}

/** Whether each line stands below a `not`: what holds there keeps the rule from firing. */
function belowNot(lines: readonly ExplainedLine[]): { line: ExplainedLine; excluded: boolean }[] {
  const above: { depth: number; excluded: boolean }[] = [];
  return lines.map((line) => {
    while (above.length > 0 && above.at(-1)!.depth >= line.depth) above.pop();
    const excluded = above.at(-1)?.excluded ?? false;
    above.push({ depth: line.depth, excluded: line.kind === 'not' ? !excluded : excluded });
    return { line, excluded };
  });
}

function Line({ line, excluded }: { line: ExplainedLine; excluded: boolean }) {
  const { item, kind } = line;
  if (item === null)
    return (
      <span className={css.node}>
        {kind === 'and' || kind === 'or' || kind === 'not' ? t.explain.node[kind] : line.text}
      </span>
    );
  const hits = item.values.filter(({ holds }) => holds !== item.negated);
  // Of many values only those that made the item hold matter; where it failed, what was asked for.
  const shown = line.holds && hits.length > 0 ? hits : item.values;
  const on = hits.find((value) => value.on !== null)?.on ?? (item.negated ? null : (item.present[0] ?? null));
  return (
    <div className={css.item}>
      <span>
        <code className={css.asked}>{line.text === '' ? t.explain.keywords : line.text}</code>{' '}
        {shown.slice(0, 8).map((value, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: values of a line have no other identity and never move
          <code key={at} className={css.value}>
            {value.raw === '' ? '""' : value.raw}
          </code>
        ))}
        {shown.length + item.more > 8 && (
          <span className="muted">{t.explain.more(Math.max(0, shown.length - 8) + item.more)}</span>
        )}
      </span>
      <span className={css.has}>
        {line.holds && on !== null ? (
          <>
            <code>{on.field}</code>{' '}
            {excluded ? <strong>{on.value}</strong> : <mark className="lamp">{on.value}</mark>}
          </>
        ) : item.present.length > 0 ? (
          item.present.map(({ field, value }) => (
            <span key={`${field} ${value}`}>
              <code>{field}</code> {value}{' '}
            </span>
          ))
        ) : line.text === '' ? (
          <span className="muted">{t.explain.nowhere}</span>
        ) : (
          <span className="muted">
            {t.explain.absent}, {t.explain.lookedIn(item.fields.join(', '))}
          </span>
        )}
      </span>
    </div>
  );
}
