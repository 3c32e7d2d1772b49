import type { ReactNode, RefObject } from 'react';
import { Icon } from '../icons.tsx';
import css from './list.module.css';

/** A page that is one list: its head stays, the list scrolls. */
export function ListPage({ children }: { children: ReactNode }) {
  return <div className={css.page}>{children}</div>;
}

/** Head of a list: what it is and what can be done with it on one line, what narrows it on the next. */
export function ListHead(props: {
  readonly title: string;
  readonly count?: string | undefined;
  /** The one filter that everybody uses, beside the title. */
  readonly tabs?: ReactNode;
  /** Buttons at the end of the first line, the most important one last. */
  readonly actions?: ReactNode;
  /** What the list holds, for those who don't know. */
  readonly intro?: ReactNode;
  /** Search, filters, order. */
  readonly children?: ReactNode;
}) {
  return (
    <div className={css.head}>
      <div className={css.line}>
        <h1>{props.title}</h1>
        {props.count !== undefined && <span className={css.count}>{props.count}</span>}
        {props.tabs}
        {props.actions !== undefined && <div className={css.actions}>{props.actions}</div>}
      </div>
      {props.intro}
      {props.children !== undefined && <div className={css.tools}>{props.children}</div>}
    </div>
  );
}

/** The field that narrows a list by words; `/` brings the keyboard to it. */
export function ListSearch(props: {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  return (
    <div className={css.search}>
      <Icon name="search" size={14} />
      <input
        ref={props.field}
        className="input"
        type="search"
        aria-label={props.label}
        placeholder={props.placeholder}
        value={props.value}
        onChange={(event) => props.onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur();
        }}
      />
      <kbd>/</kbd>
    </div>
  );
}

/** One choice of few, with its values and their names; the first is what an empty address means. */
export function Choice<V extends string>(props: {
  readonly label: string;
  readonly value: V;
  readonly onChange: (value: V | '') => void;
  readonly options: readonly (readonly [value: V, name: string])[];
}) {
  const [first] = props.options[0] ?? [];
  return (
    <select
      className="select"
      aria-label={props.label}
      value={props.value}
      onChange={(event) => {
        const chosen = props.options.find(([value]) => value === event.currentTarget.value)?.[0];
        if (chosen !== undefined) props.onChange(chosen === first ? '' : chosen);
      }}
    >
      {props.options.map(([value, name]) => (
        <option key={value} value={value}>
          {name}
        </option>
      ))}
    </select>
  );
}

/** What can be done with the rows that are chosen, floating above the end of the list. */
export function Bulk({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={css.bulk} role="toolbar" aria-label={label}>
      <span aria-live="polite">{label}</span>
      {children}
    </div>
  );
}
