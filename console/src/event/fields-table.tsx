import { useState } from 'react';
import type { EventView, Matched } from '../api/types.ts';
import { CopyButton, copyText } from '../ui/copy.tsx';
import { needlesOf } from '../ui/highlight.ts';
import { Icon } from '../ui/icons.tsx';
import { Lit } from '../ui/lit.tsx';
import { ui } from '../ui/strings.ts';
import { toast } from '../ui/toaster.tsx';
import css from './event.module.css';
import { t } from './strings.ts';

type Value = EventView['fields'][string];

/** Adds or excludes a field's value in a search. */
export type OnFilter = (field: string, value: string | number | boolean, negate: boolean) => void;

/** All fields of an event except the original; matched ones first, each value with its actions. */
export function FieldsTable(props: { event: EventView; matched: readonly Matched[]; onFilter: OnFilter }) {
  const { event, matched, onFilter } = props;
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const names = Object.keys(event.fields)
    .filter((name) => name !== 'event.original')
    .filter(
      (name) =>
        wanted === '' ||
        name.toLowerCase().includes(wanted) ||
        textOf(event.fields[name]!).toLowerCase().includes(wanted),
    )
    .sort();
  const isMatched = (name: string) => matched.some((each) => each.field === name);
  const first = names.filter(isMatched);
  const rest = names.filter((name) => !isMatched(name));
  const tags = event.fields['tags'];
  const failed = Array.isArray(tags) ? tags.includes('_parsefailure') : tags === '_parsefailure';
  return (
    <>
      {failed && <p className="notice warn">{t.parseFailure}</p>}
      <div className={css.fieldsHead}>
        <input
          className="input"
          type="search"
          aria-label={t.filterFields}
          placeholder={t.filterFields}
          value={filter}
          onChange={(change) => setFilter(change.target.value)}
        />
        <button
          type="button"
          className="btn quiet small"
          onClick={() =>
            void copyText(JSON.stringify(event.fields, null, 2)).then((ok) => ok && toast(ui.copied))
          }
        >
          {t.copyJson}
        </button>
      </div>
      {names.length === 0 && <p className="muted">{t.noField}</p>}
      {first.length > 0 && <h3 className={css.group}>{t.matched}</h3>}
      <Rows names={first} {...{ event, matched, onFilter }} />
      {first.length > 0 && rest.length > 0 && <h3 className={css.group}>{t.fields}</h3>}
      <Rows names={rest} {...{ event, matched, onFilter }} />
    </>
  );
}

/** Rows of a field table, without the frame around it; also used by an alert's evidence. */
export function Rows(props: {
  names: readonly string[];
  event: EventView;
  matched: readonly Matched[];
  onFilter: OnFilter;
}) {
  const { names, event, matched, onFilter } = props;
  if (names.length === 0) return null;
  return (
    <table className={css.fields}>
      <tbody>
        {names.map((name) => {
          const conditions = matched.filter((each) => each.field === name);
          const value = event.fields[name]!;
          const values = Array.isArray(value) ? value : [value];
          return (
            <tr key={name} data-matched={conditions.length > 0 || undefined} data-field={name}>
              <th scope="row">{name}</th>
              <td>
                {values.map((each) => (
                  <span key={String(each)} className={css.value}>
                    <Lit text={String(each)} needles={conditions.flatMap(needlesOf)} />
                    <span className={css.actions}>
                      <button
                        type="button"
                        aria-label={t.include(name)}
                        title={t.include(name)}
                        onClick={() => onFilter(name, each, false)}
                      >
                        <Icon name="plus" size={12} />
                      </button>
                      <button
                        type="button"
                        aria-label={t.exclude(name)}
                        title={t.exclude(name)}
                        onClick={() => onFilter(name, each, true)}
                      >
                        <Icon name="minus" size={12} />
                      </button>
                      <CopyButton text={String(each)} label={t.copy(name)} icon />
                    </span>
                  </span>
                ))}
                {conditions.length > 0 && (
                  <span className={css.condition}>
                    {conditions.map((each) => (
                      <span key={each.condition}>
                        {t.condition} <code>{each.condition}</code>
                      </span>
                    ))}
                  </span>
                )}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function textOf(value: Value): string {
  return Array.isArray(value) ? value.join(' ') : String(value);
}
