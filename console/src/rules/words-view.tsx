import { Link } from 'wouter';
import type { RuleWords } from '../api/types.ts';
import { t } from './strings.ts';
import css from './words.module.css';

type Line = RuleWords['selections'][number]['lines'][number];

/** What a rule looks for, said line by line. */
export function WordsView({ words }: { words: RuleWords }) {
  const { correlation, conditions, selections } = words;
  return (
    <div className={css.words} data-testid="rule-words">
      {correlation !== null && (
        <>
          <p className={css.sentence}>{correlation.sentence}</p>
          <h2>{t.words.counts}</h2>
          <ol className={css.counted}>
            {correlation.rules.map((rule) => (
              <li key={rule.name}>
                {rule.id === null ? (
                  <span className="muted">{rule.title}</span>
                ) : (
                  <Link href={`/rules/${encodeURIComponent(rule.id)}`}>{rule.title}</Link>
                )}
              </li>
            ))}
          </ol>
        </>
      )}
      {selections.map((selection) => (
        <section key={selection.name} className={css.selection}>
          <h2 className="mono">{selection.name}</h2>
          <ul>
            {selection.lines.map((line, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines of a rule have no other identity and never move
              <li key={at} style={{ marginLeft: line.depth * 18 }}>
                <WordsLine line={line} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {conditions.length > 0 && (
        <section className={css.selection}>
          <h2 className={css.condition}>{conditions.length > 1 ? t.words.conditions : t.words.condition}</h2>
          {conditions.map((condition) => (
            <p key={condition}>
              <code className={css.code}>{condition}</code>
            </p>
          ))}
        </section>
      )}
    </div>
  );
}

function WordsLine({ line }: { line: Line }) {
  if (line.kind !== 'item') return <span className="muted">{t.words[line.kind]}</span>;
  const many = line.values.length + line.more > 1;
  return (
    <>
      {line.negated && <strong>{t.words.not} </strong>}
      <span
        className={css.field}
        title={line.found.length > 0 ? `${t.words.found} ${line.found.join(', ')}` : undefined}
      >
        {line.field === '' ? t.words.keywords : line.field}
      </span>{' '}
      {line.test}
      {many && ` ${line.every ? t.words.every : t.words.one}`}{' '}
      {line.values.map((value, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: values of a line have no other identity and never move
        <code key={at} className={css.value}>
          {value === '' ? '""' : value}
        </code>
      ))}
      {line.more > 0 && <span className="muted"> {t.words.more(line.more)}</span>}
    </>
  );
}
