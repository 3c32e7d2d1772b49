import type { RuleDetail } from '../api/types.ts';
import { RulePrecision } from '../quality/rule-precision.tsx';
import { TechniqueLinks } from '../ui/chips.tsx';
import { Icon } from '../ui/icons.tsx';
import { whole } from '../ui/numbers.ts';
import { Age } from '../ui/time-view.tsx';
import css from './rules.module.css';
import { t } from './strings.ts';
import { WordsView } from './words-view.tsx';

/** What a rule finds, in words, and what is known about it. */
export function AboutTab({ rule }: { rule: RuleDetail }) {
  const others = rule.tags.filter((tag) => !/^attack\./i.test(tag));
  return (
    <div className={css.columns}>
      <div className={css.about}>
        {rule.description !== '' && <p className={css.prose}>{rule.description}</p>}
        {rule.words === null ? (
          <p className="notice bad">{t.words.unread}</p>
        ) : (
          <WordsView words={rule.words} />
        )}
        {rule.adapted !== null && <Adapted adapted={rule.adapted} />}
        <RulePrecision ruleId={rule.id} />
        {rule.falsePositives.length > 0 && (
          <section>
            <h2>{t.falsePositives}</h2>
            <ul className={css.bullets}>
              {rule.falsePositives.map((each) => (
                <li key={each}>{each}</li>
              ))}
            </ul>
          </section>
        )}
        {rule.references.length > 0 && (
          <section>
            <h2>{t.references}</h2>
            <ul className={css.references}>
              {rule.references.map((each) => (
                <li key={each} className="wrap">
                  <Reference text={each} />
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
      <aside className={css.side} aria-label={t.status}>
        <dl className="facts">
          <dt>{t.columns.state}</dt>
          <dd>{t.stateWord[rule.state]}</dd>
          <dt>{t.hits}</dt>
          <dd>{whole(rule.hits24h)}</dd>
          <dt>{t.lastHit}</dt>
          <dd>
            <Age at={rule.lastHitAt} suffix={rule.lastHitAt !== null} />
          </dd>
          <dt>{t.status}</dt>
          <dd>{rule.status}</dd>
          <dt>{t.kind}</dt>
          <dd>{t.kinds[rule.kind]}</dd>
          <dt>{t.logsource}</dt>
          <dd>{rule.logsource}</dd>
          <dt>{t.origin}</dt>
          <dd>{rule.origin}</dd>
          {rule.author !== null && (
            <>
              <dt>{t.author}</dt>
              <dd>{rule.author}</dd>
            </>
          )}
          <dt>{t.path}</dt>
          <dd className="mono">{rule.path}</dd>
          <dt>{t.id}</dt>
          <dd className="mono">{rule.id}</dd>
        </dl>
        {rule.techniques.length > 0 && (
          <section>
            <h2>{t.techniques}</h2>
            <TechniqueLinks items={rule.techniques} />
          </section>
        )}
        {others.length > 0 && (
          <section>
            <h2>{t.tags}</h2>
            <ul className={css.tags}>
              {others.map((tag) => (
                <li key={tag}>{tag}</li>
              ))}
            </ul>
          </section>
        )}
      </aside>
    </div>
  );
}

/** What pipelines and placeholders made of the rule before it was compiled. */
function Adapted({ adapted }: { adapted: NonNullable<RuleDetail['adapted']> }) {
  const { pipelines, logsource, fields } = adapted;
  return (
    <section data-testid="rule-adapted">
      <h2>{t.adapted.title}</h2>
      <ul className={css.bullets}>
        {pipelines.map(({ name, steps }) => (
          <li key={name}>
            <span className="mono">{name}</span>:{' '}
            {steps.map(({ step, line }) => `${step} (${t.adapted.line(line)})`).join(', ')}
          </li>
        ))}
        {logsource !== null && <li>{t.adapted.logsource(logsource.before, logsource.after)}</li>}
        {fields.before.length > 0 && (
          <li>{t.adapted.fields(fields.before.join(', '), fields.after.join(', '))}</li>
        )}
      </ul>
    </section>
  );
}

/** A rule's file is written by strangers: only plain web addresses become links. */
function Reference({ text }: { text: string }) {
  if (!/^https?:\/\/[^\s]+$/i.test(text)) return text;
  return (
    <a href={text} target="_blank" rel="noreferrer">
      {text} <Icon name="external" size={11} />
    </a>
  );
}
