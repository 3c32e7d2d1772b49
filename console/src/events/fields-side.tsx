import { useMemo, useState } from 'react';
import type { EventView } from '../api/types.ts';
import type { OnFilter } from '../event/event-panel.tsx';
import { Icon } from '../ui/icons.tsx';
import css from './events.module.css';
import { t } from './strings.ts';
import { fieldCounts, topValues } from './suggest.ts';

/** Fields of the loaded events: what there is, what values it has, and which are columns. */
export function FieldsSide(props: {
  events: readonly EventView[];
  columns: readonly string[];
  onToggle: (field: string) => void;
  onFilter: OnFilter;
}) {
  const { events, columns, onToggle, onFilter } = props;
  const [find, setFind] = useState('');
  const [open, setOpen] = useState<string | null>(null);
  const fields = useMemo(() => fieldCounts(events), [events]);
  const wanted = find.trim().toLowerCase();
  return (
    <aside className={css.fieldsSide} aria-label={t.fields}>
      <input
        className="input"
        type="search"
        aria-label={t.findField}
        placeholder={t.findField}
        value={find}
        onChange={(event) => setFind(event.target.value)}
      />
      <p className="hint">{t.fieldsHint}</p>
      <ul>
        {fields
          .filter(([field]) => field.includes(wanted))
          .map(([field]) => {
            const shown = columns.includes(field);
            return (
              <li key={field}>
                <div className={css.fieldLine}>
                  <button
                    type="button"
                    className={css.fieldName}
                    aria-expanded={open === field}
                    onClick={() => setOpen(open === field ? null : field)}
                  >
                    <span className="truncate">{field}</span>
                  </button>
                  <button
                    type="button"
                    className={css.fieldToggle}
                    aria-pressed={shown}
                    aria-label={shown ? t.removeColumn(field) : t.addColumn(field)}
                    title={shown ? t.removeColumn(field) : t.addColumn(field)}
                    onClick={() => onToggle(field)}
                  >
                    <Icon name={shown ? 'check' : 'columns'} size={12} />
                  </button>
                </div>
                {open === field && <TopValues events={events} field={field} onFilter={onFilter} />}
              </li>
            );
          })}
      </ul>
    </aside>
  );
}

function TopValues({
  events,
  field,
  onFilter,
}: {
  events: readonly EventView[];
  field: string;
  onFilter: OnFilter;
}) {
  const values = useMemo(() => topValues(events, field, 6), [events, field]);
  const most = values[0]?.[1] ?? 1;
  return (
    <div className={css.topValues}>
      {values.map(([value, count]) => (
        <div key={value} className={css.topValue}>
          <span className={css.share} style={{ width: `${(count / most) * 100}%` }} />
          <button
            type="button"
            className="mono truncate"
            title={t.include(value)}
            onClick={() => onFilter(field, value, false)}
          >
            {value}
          </button>
          <span className="hint">{count}</span>
          <button
            type="button"
            aria-label={t.exclude(value)}
            title={t.exclude(value)}
            onClick={() => onFilter(field, value, true)}
          >
            <Icon name="minus" size={11} />
          </button>
        </div>
      ))}
      <p className="hint">{t.topValues(events.length)}</p>
    </div>
  );
}
