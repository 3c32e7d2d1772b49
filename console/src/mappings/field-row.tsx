import { useId, useState } from 'react';
import type { MappingField, MappingFieldList, MappingProblem } from '../api/types.ts';
import { Icon } from '../ui/icons.tsx';
import { parseTable, type RuleSum, splitCandidates, tableText } from './draft.ts';
import css from './mappings.module.css';
import { t } from './strings.ts';

/** One rule: a field, the members that give it, and what the lines said to it. */
export function FieldRow(props: {
  rule: MappingField;
  number: number;
  definition: MappingFieldList['items'][number] | undefined;
  /** Why it was proposed. */
  reason: string | undefined;
  sum: RuleSum;
  /** Lines that the mapping reads. */
  read: number;
  problems: readonly MappingProblem[];
  onChange: (rule: MappingField | undefined) => void;
}) {
  const { rule, number, definition, sum, read, problems, onChange } = props;
  const [isOpen, setOpen] = useState(false);
  const [from, setFrom] = useState(rule.from.join(', '));
  const shownFrom = same(splitCandidates(from), rule.from) ? from : rule.from.join(', ');
  const wrong = problems.find(({ severity }) => severity === 'error');
  const special =
    rule.values !== undefined || rule.lowercase || rule.date !== undefined || rule.zone !== undefined;
  return (
    <li className={css.rule} data-testid="mapping-rule" data-wrong={wrong !== undefined || undefined}>
      <div className={css.ruleHead}>
        <input
          className="input mono"
          list="ecs-fields"
          aria-label={t.fields.field(number)}
          placeholder={t.fields.fieldPlaceholder}
          spellCheck={false}
          value={rule.field}
          onChange={(event) => onChange({ ...rule, field: event.target.value.trim() })}
        />
        <span className={css.arrow} aria-hidden="true">
          ←
        </span>
        <input
          className="input mono"
          aria-label={t.fields.from(number)}
          placeholder={t.fields.fromPlaceholder}
          spellCheck={false}
          value={shownFrom}
          onChange={(event) => {
            setFrom(event.target.value);
            onChange({ ...rule, from: splitCandidates(event.target.value) });
          }}
        />
        <select
          className="select"
          aria-label={t.fields.as(number)}
          value={rule.as}
          onChange={(event) => onChange({ ...rule, as: event.target.value as MappingField['as'] })}
        >
          {Object.entries(t.fields.shapes).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <button
          type="button"
          className="btn quiet small icon"
          aria-label={t.fields.more(number)}
          aria-expanded={isOpen}
          data-special={special || undefined}
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="more" size={13} />
        </button>
        <button
          type="button"
          className="btn quiet small icon"
          aria-label={t.fields.remove(number)}
          onClick={() => onChange(undefined)}
        >
          <Icon name="close" size={12} />
        </button>
      </div>
      <p className={css.ruleFoot}>
        {wrong !== undefined ? (
          <span className={css.bad}>{wrong.message}</span>
        ) : (
          <>
            {definition !== undefined && (
              <span>
                {definition.type}
                {definition.list ? ' list' : ''}
              </span>
            )}
            {read > 0 && (
              <span data-none={sum.written === 0 || undefined}>{t.fields.written(sum.written, read)}</span>
            )}
            {sum.misfits > 0 && (
              <span className={css.warn} data-testid="misfit">
                {t.fields.misfit(sum.misfits, sum.example ?? '')}
              </span>
            )}
            {props.reason !== undefined && <span className={css.reason}>{props.reason}</span>}
          </>
        )}
      </p>
      {isOpen && <More rule={rule} definition={definition} onChange={onChange} />}
    </li>
  );
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

function More({
  rule,
  definition,
  onChange,
}: {
  rule: MappingField;
  definition: MappingFieldList['items'][number] | undefined;
  onChange: (rule: MappingField) => void;
}) {
  const id = useId();
  const [table, setTable] = useState(tableText(rule.values));
  const isDate = (definition?.type ?? rule.type) === 'date';
  const optional = <K extends 'values' | 'date' | 'zone' | 'type'>(
    name: K,
    value: MappingField[K] | undefined,
  ) => {
    const { [name]: _, ...rest } = rule;
    onChange((value === undefined ? rest : { ...rest, [name]: value }) as MappingField);
  };
  return (
    <div className={css.more}>
      {isDate ? (
        <div className={css.pair}>
          <label className="field">
            <span className="label">{t.fields.date}</span>
            <input
              className="input mono"
              placeholder={t.fields.datePlaceholder}
              value={rule.date ?? ''}
              onChange={(event) =>
                optional('date', event.target.value === '' ? undefined : event.target.value)
              }
            />
            <span className="hint">{t.fields.dateHint}</span>
          </label>
          <label className="field">
            <span className="label">{t.fields.zone}</span>
            <input
              className="input"
              placeholder={t.fields.zonePlaceholder}
              value={rule.zone ?? ''}
              onChange={(event) =>
                optional('zone', event.target.value === '' ? undefined : event.target.value)
              }
            />
          </label>
        </div>
      ) : (
        <div className="field">
          <label htmlFor={id}>{t.fields.table}</label>
          <textarea
            id={id}
            className="input mono"
            rows={3}
            spellCheck={false}
            value={table}
            onChange={(event) => {
              setTable(event.target.value);
              optional('values', parseTable(event.target.value));
            }}
          />
          <p className="hint">
            {definition?.allowed != null ? t.fields.allowed(definition.allowed) : t.fields.tableHint}
          </p>
        </div>
      )}
      <div className="row">
        {!isDate && (
          <>
            <label className={css.tick}>
              <input
                type="checkbox"
                checked={rule.otherwise === 'drop'}
                onChange={(event) => onChange({ ...rule, otherwise: event.target.checked ? 'drop' : 'keep' })}
              />
              {t.fields.otherwise}
            </label>
            <label className={css.tick}>
              <input
                type="checkbox"
                checked={rule.lowercase}
                onChange={(event) => onChange({ ...rule, lowercase: event.target.checked })}
              />
              {t.fields.lowercase}
            </label>
          </>
        )}
        {definition === undefined && rule.field.includes('.') && rule.as === 'value' && (
          <label className={css.tick}>
            {t.fields.type}
            <select
              className="select"
              value={rule.type ?? 'keyword'}
              onChange={(event) =>
                optional(
                  'type',
                  event.target.value === 'keyword' ? undefined : (event.target.value as MappingField['type']),
                )
              }
            >
              {['keyword', 'long', 'float', 'boolean', 'ip', 'date'].map((type) => (
                <option key={type} value={type}>
                  {type}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
    </div>
  );
}
