import type { RefObject } from 'react';
import type { EventView } from '../api/types.ts';
import type { OnFilter } from '../event/event-panel.tsx';
import { useTenantName } from '../session.ts';
import { Icon } from '../ui/icons.tsx';
import { Lit } from '../ui/lit.tsx';
import { At } from '../ui/time-view.tsx';
import css from './events.module.css';
import { t } from './strings.ts';

/** Height of a row in pixels. */
export const ROW = 29;
export const PHONE_ROW = 62;

/** The visible part of the results as a real table. */
export function Results(props: {
  events: readonly EventView[];
  indices: readonly number[];
  before: number;
  after: number;
  columns: readonly string[];
  showTenant: boolean;
  words: readonly string[];
  activeId: string | null;
  bodyRef?: RefObject<HTMLTableSectionElement | null>;
  onOpen: (event: EventView) => void;
  onFilter: OnFilter;
  onRemoveColumn: (field: string) => void;
}) {
  const { events, columns, showTenant, onOpen } = props;
  const nameOf = useTenantName();
  return (
    <table className={css.table} aria-rowcount={events.length}>
      <thead>
        <tr>
          <th scope="col" className={css.time}>
            {t.time}
          </th>
          {showTenant && (
            <th scope="col" className={css.tenant}>
              {t.tenant}
            </th>
          )}
          {columns.map((field) => (
            <th key={field} scope="col" className={widthOf(field)}>
              <span className={css.columnHead}>
                <span className="truncate">{field === 'event.original' ? t.original : field}</span>
                <button
                  type="button"
                  aria-label={t.removeColumn(field)}
                  title={t.removeColumn(field)}
                  onClick={() => props.onRemoveColumn(field)}
                >
                  <Icon name="close" size={9} />
                </button>
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={props.bodyRef}>
        {props.before > 0 && <tr className={css.spacer} style={{ height: props.before }} />}
        {props.indices.map((index) => {
          const event = events[index]!;
          return (
            // The whole row opens on click; the time is a button and takes the keys.
            <tr
              key={`${event.tenant} ${event.id}`}
              data-testid="event-row"
              data-event={event.id}
              data-active={event.id === props.activeId || undefined}
              onClick={(click) => {
                if (click.target instanceof Element && click.target.closest('button') === null) onOpen(event);
              }}
            >
              <td className={css.time}>
                <button type="button" className={css.openRow} onClick={() => onOpen(event)}>
                  <At at={event.at} as="row" />
                </button>
              </td>
              {showTenant && <td className={css.tenant}>{nameOf(event.tenant)}</td>}
              {columns.map((field) => (
                <Cell key={field} event={event} field={field} words={props.words} onFilter={props.onFilter} />
              ))}
            </tr>
          );
        })}
        {props.after > 0 && <tr className={css.spacer} style={{ height: props.after }} />}
      </tbody>
    </table>
  );
}

function Cell(props: { event: EventView; field: string; words: readonly string[]; onFilter: OnFilter }) {
  const { field, onFilter } = props;
  const value = Object.hasOwn(props.event.fields, field) ? props.event.fields[field] : undefined;
  if (value === undefined) return <td className={widthOf(field)} />;
  const first = Array.isArray(value) ? value[0] : value;
  // A row shows a line; the panel has the whole.
  const text = (Array.isArray(value) ? value.join(', ') : String(value)).slice(0, 600);
  const original = field === 'event.original';
  return (
    <td className={widthOf(field)} data-original={original || undefined}>
      {original ? <Lit text={text} needles={props.words} /> : text}
      {!original && first !== undefined && (
        <span className={css.cellActions}>
          <button
            type="button"
            tabIndex={-1}
            aria-label={t.include(String(first))}
            title={t.include(String(first))}
            onClick={() => onFilter(field, first, false)}
          >
            <Icon name="plus" size={11} />
          </button>
          <button
            type="button"
            tabIndex={-1}
            aria-label={t.exclude(String(first))}
            title={t.exclude(String(first))}
            onClick={() => onFilter(field, first, true)}
          >
            <Icon name="minus" size={11} />
          </button>
        </span>
      )}
    </td>
  );
}

const LONG = /original|command_line|path|url|executable|message/;
const SHORT = /\.(?:ip|name|port|outcome|code|action|country_iso_code)$/;

function widthOf(field: string): string | undefined {
  if (LONG.test(field)) return css.wide;
  return SHORT.test(field) ? css.short : css.narrow;
}
