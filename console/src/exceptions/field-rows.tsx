import { Icon } from '../ui/icons.tsx';
import { type FieldRow, MATCHES, type Match, ownRow } from './draft.ts';
import css from './exceptions.module.css';
import { t } from './strings.ts';

/** The fields that an exception can be made of: ticked ones must all hold. */
export function FieldRows({
  rows,
  fixed,
  onChange,
}: {
  rows: readonly FieldRow[];
  /** A correlation's group: no other fields can be asked for. */
  fixed: boolean;
  onChange: (rows: readonly FieldRow[]) => void;
}) {
  const change = (key: number, part: Partial<FieldRow>) =>
    onChange(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  return (
    <div className={css.rows}>
      <ul>
        {rows.map((row) => (
          <li key={row.key} data-chosen={row.chosen || undefined} data-testid="exception-field">
            {row.role === 'own' ? (
              <button
                type="button"
                className="btn quiet small icon"
                aria-label={t.dialog.remove(row.field)}
                onClick={() => onChange(rows.filter(({ key }) => key !== row.key))}
              >
                <Icon name="close" size={12} />
              </button>
            ) : (
              <input
                type="checkbox"
                aria-label={row.field}
                checked={row.chosen}
                onChange={(event) => change(row.key, { chosen: event.target.checked })}
              />
            )}
            {row.role === 'own' ? (
              <input
                className={`input mono ${css.name}`}
                aria-label={t.dialog.field}
                placeholder="user.name"
                value={row.field}
                maxLength={200}
                onChange={(event) => change(row.key, { field: event.target.value })}
              />
            ) : (
              <span className={`mono ${css.name}`} title={row.field}>
                {row.field}
              </span>
            )}
            <select
              className="select bare"
              aria-label={t.dialog.match(row.field)}
              value={row.match}
              onChange={(event) => change(row.key, { match: event.target.value as Match, chosen: true })}
            >
              {MATCHES.map((match) => (
                <option key={match} value={match}>
                  {t.dialog.matches[match]}
                </option>
              ))}
            </select>
            {row.values.length > 1 ? (
              <span className={`mono truncate ${css.value}`} title={row.values.join('\n')}>
                {row.values.join(' | ')}
              </span>
            ) : (
              <input
                className={`input mono ${css.value}`}
                aria-label={t.dialog.value(row.field)}
                value={row.values[0] ?? ''}
                maxLength={8192}
                spellCheck={false}
                onChange={(event) =>
                  change(row.key, { values: [event.target.value], chosen: true, share: null })
                }
              />
            )}
            <span className={css.share}>
              {row.share !== null && (
                <span title={t.dialog.shareTitle(row.field)}>{t.dialog.share(row.share)}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {!fixed && (
        <button type="button" className="btn quiet small" onClick={() => onChange([...rows, ownRow(rows)])}>
          <Icon name="plus" size={12} /> {t.dialog.add}
        </button>
      )}
    </div>
  );
}
