import { type Dispatch, type SetStateAction, useState } from 'react';
import type { MappingFile, MappingFormat, MappingProblem, MappingSignature } from '../api/types.ts';
import { Icon } from '../ui/icons.tsx';
import { formatOf } from './draft.ts';
import css from './mappings.module.css';
import { t } from './strings.ts';

interface Props {
  draft: MappingFile;
  setDraft: Dispatch<SetStateAction<MappingFile>>;
  problems: readonly MappingProblem[];
}

/** How a line is taken apart. */
export function FormatRow({ draft, setDraft, problems }: Props) {
  const { format } = draft;
  const set = (next: MappingFormat) => setDraft((before) => ({ ...before, format: next }));
  return (
    <div className={css.format}>
      <label className={css.tick}>
        {t.fields.format}
        <select
          className="select"
          value={format.kind}
          onChange={(event) => set(formatOf(event.target.value as MappingFormat['kind']))}
        >
          {Object.entries(t.fields.formats).map(([kind, label]) => (
            <option key={kind} value={kind}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {format.kind === 'key-value' && (
        <>
          <Choice
            label={t.fields.separator}
            value={format.separator}
            values={[' ', ',', ';', '|', '\t']}
            onChange={(separator) => set({ ...format, separator: separator as typeof format.separator })}
          />
          <Choice
            label={t.fields.assign}
            value={format.assign}
            values={['=', ':']}
            onChange={(assign) => set({ ...format, assign: assign as typeof format.assign })}
          />
        </>
      )}
      {format.kind === 'csv' && (
        <Choice
          label={t.fields.between}
          value={format.separator}
          values={[',', ';', '\t', '|', ' ']}
          onChange={(separator) => set({ ...format, separator: separator as typeof format.separator })}
        />
      )}
      {format.kind === 'delimited' && (
        <label className={css.tick}>
          {t.fields.between}
          <input
            className={`input mono ${css.short}`}
            maxLength={10}
            value={format.separator}
            onChange={(event) => set({ ...format, separator: event.target.value })}
          />
        </label>
      )}
      <label className={css.tick}>
        {t.fields.after}
        <input
          className={`input mono ${css.short}`}
          placeholder={t.fields.afterPlaceholder}
          value={draft.after ?? ''}
          onChange={(event) =>
            setDraft(({ after: _, ...before }) =>
              event.target.value === '' ? before : { ...before, after: event.target.value },
            )
          }
        />
      </label>
      {(format.kind === 'csv' || format.kind === 'delimited') && (
        <Columns columns={format.columns} onChange={(columns) => set({ ...format, columns })} />
      )}
      {problems.map(({ path, message }) => (
        <p key={path} className={css.bad}>
          {message}
        </p>
      ))}
    </div>
  );
}

function Choice(props: {
  label: string;
  value: string;
  values: readonly string[];
  onChange: (value: string) => void;
}) {
  return (
    <label className={css.tick}>
      {props.label}
      <select className="select" value={props.value} onChange={(event) => props.onChange(event.target.value)}>
        {props.values.map((value) => (
          <option key={value} value={value}>
            {t.fields.separators[value] ?? value}
          </option>
        ))}
      </select>
    </label>
  );
}

function Columns({
  columns,
  onChange,
}: {
  columns: readonly string[];
  onChange: (columns: string[]) => void;
}) {
  return (
    <label className={`field ${css.wideField}`}>
      <span className="label">{t.fields.columns}</span>
      <textarea
        className="input mono"
        rows={3}
        spellCheck={false}
        value={columns.join('\n')}
        onChange={(event) => onChange(event.target.value.split('\n').map((column) => column.trim()))}
      />
    </label>
  );
}

/** What only this product's lines have. */
export function SignatureRows({ draft, setDraft, problems }: Props) {
  const change = (index: number, next: MappingSignature | undefined) =>
    setDraft((before) => ({
      ...before,
      signatures:
        next === undefined
          ? before.signatures.filter((_, i) => i !== index)
          : before.signatures.map((each, i) => (i === index ? next : each)),
    }));
  const add = (kind: string) => {
    const made: MappingSignature =
      kind === 'members'
        ? { kind: 'members', members: [''] }
        : kind === 'app'
          ? { kind: 'app', names: [''] }
          : { kind: 'text', literals: [''] };
    setDraft((before) => ({ ...before, signatures: [...before.signatures, made] }));
  };
  return (
    <div className={css.block}>
      <h3>{t.fields.recognise}</h3>
      {draft.signatures.length === 0 && <p className="hint">{t.fields.recogniseNone}</p>}
      <ul className={css.rules}>
        {draft.signatures.map((signature, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a signature has no name, and its text is being typed
          <li key={index} className={css.signature}>
            <span className="small">{LABELS[signature.kind]}</span>
            <Words
              label={`${LABELS[signature.kind]} ${index + 1}`}
              words={
                signature.kind === 'members'
                  ? signature.members
                  : signature.kind === 'app'
                    ? signature.names
                    : signature.literals
              }
              onChange={(words) =>
                change(
                  index,
                  signature.kind === 'members'
                    ? { ...signature, members: words }
                    : signature.kind === 'app'
                      ? { ...signature, names: words }
                      : { ...signature, literals: words },
                )
              }
            />
            <button
              type="button"
              className="btn quiet small icon"
              aria-label={`${t.remove} ${LABELS[signature.kind]} ${index + 1}`}
              onClick={() => change(index, undefined)}
            >
              <Icon name="close" size={12} />
            </button>
          </li>
        ))}
      </ul>
      {problems.map(({ path, message }) => (
        <p key={path} className={css.bad}>
          {message}
        </p>
      ))}
      <div className="row">
        {(['members', 'text', 'app'] as const)
          .filter((kind) => kind !== 'members' || draft.format.kind === 'json')
          .map((kind) => (
            <button key={kind} type="button" className="btn small" onClick={() => add(kind)}>
              <Icon name="plus" size={12} /> {LABELS[kind]}
            </button>
          ))}
      </div>
    </div>
  );
}

const LABELS = { members: t.fields.byMembers, text: t.fields.byText, app: t.fields.byApp } as const;

/** Words between commas. */
function Words(props: { label: string; words: readonly string[]; onChange: (words: string[]) => void }) {
  const [text, setText] = useState(props.words.join(', '));
  const read = (typed: string) => {
    const words = typed
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
    return words.length === 0 ? [''] : words;
  };
  const shown = read(text).join() === props.words.join() ? text : props.words.join(', ');
  return (
    <input
      className="input mono"
      aria-label={props.label}
      value={shown}
      onChange={(event) => {
        setText(event.target.value);
        props.onChange(read(event.target.value));
      }}
    />
  );
}
