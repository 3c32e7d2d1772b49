import { type Dispatch, type SetStateAction, useState } from 'react';
import type { MappingFieldList, MappingFile, MappingProblem, MappingValue } from '../api/types.ts';
import { Icon } from '../ui/icons.tsx';
import { parseValue } from './draft.ts';
import css from './mappings.module.css';
import { t } from './strings.ts';

type Fields = MappingFieldList['items'];

/** Fields that every event of the mapping has. */
export function Constants(props: {
  draft: MappingFile;
  setDraft: Dispatch<SetStateAction<MappingFile>>;
  fields: Fields;
  problems: readonly MappingProblem[];
}) {
  const { draft, setDraft, fields, problems } = props;
  const change = (index: number, next: MappingFile['constants'][number] | undefined) =>
    setDraft((before) => ({
      ...before,
      constants:
        next === undefined
          ? before.constants.filter((_, i) => i !== index)
          : before.constants.map((each, i) => (i === index ? next : each)),
    }));
  return (
    <div className={css.block}>
      <h3>{t.fields.constants}</h3>
      <ul className={css.rules}>
        {draft.constants.map((constant, index) => {
          const definition = fields.find(({ field }) => field === constant.field);
          const wrong = problems.find(
            ({ path, severity }) => severity === 'error' && path.startsWith(`constants.${index}.`),
          );
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a constant has no name of its own, and its field is being typed
            <li key={index} className={css.rule} data-wrong={wrong !== undefined || undefined}>
              <div className={css.constant}>
                <input
                  className="input mono"
                  list="ecs-fields"
                  aria-label={t.fields.constantField(index + 1)}
                  placeholder={t.fields.fieldPlaceholder}
                  spellCheck={false}
                  value={constant.field}
                  onChange={(event) => change(index, { ...constant, field: event.target.value.trim() })}
                />
                <span className={css.arrow} aria-hidden="true">
                  =
                </span>
                <ValueInput
                  number={index + 1}
                  value={constant.value}
                  definition={definition}
                  onChange={(value) => change(index, { ...constant, value })}
                />
                <button
                  type="button"
                  className="btn quiet small icon"
                  aria-label={t.fields.constantRemove(index + 1)}
                  onClick={() => change(index, undefined)}
                >
                  <Icon name="close" size={12} />
                </button>
              </div>
              {wrong !== undefined && (
                <p className={css.ruleFoot}>
                  <span className={css.bad}>{wrong.message}</span>
                </p>
              )}
            </li>
          );
        })}
      </ul>
      <p>
        <button
          type="button"
          className="btn small"
          onClick={() =>
            setDraft((before) => ({ ...before, constants: [...before.constants, { field: '', value: '' }] }))
          }
        >
          <Icon name="plus" size={12} /> {t.fields.constantAdd}
        </button>
      </p>
    </div>
  );
}

function ValueInput(props: {
  number: number;
  value: MappingValue;
  definition: Fields[number] | undefined;
  onChange: (value: MappingValue) => void;
}) {
  const { definition, value, onChange } = props;
  const written = Array.isArray(value) ? value.join(', ') : String(value);
  const [text, setText] = useState(written);
  const list = definition?.list === true;
  const read = (typed: string) => parseValue(typed, definition?.type, list);
  // What was typed stays as it is while it means the same: a comma at the end is on its way to a second value.
  const shown = JSON.stringify(read(text)) === JSON.stringify(value) ? text : written;
  const choices = `constant-${props.number}`;
  return (
    <>
      <input
        className="input"
        aria-label={t.fields.constantValue(props.number)}
        list={definition?.allowed == null ? undefined : choices}
        title={definition?.allowed == null ? undefined : t.fields.allowed(definition.allowed)}
        value={shown}
        onChange={(event) => {
          setText(event.target.value);
          onChange(read(event.target.value));
        }}
      />
      {definition?.allowed != null && (
        <datalist id={choices}>
          {definition.allowed.map((word) => (
            <option key={word} value={word} />
          ))}
        </datalist>
      )}
    </>
  );
}
