import type { RefObject } from 'react';
import type { Level } from '../api/types.ts';
import { useTypedParam } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { ui } from '../ui/strings.ts';
import type { UrlPatch } from '../url.ts';
import css from './incidents.module.css';
import { t } from './strings.ts';

/** Values of the address's `status`, in the order of the tabs. */
export const STATUSES = [
  'open',
  'new',
  'in-progress',
  'waiting-for-client',
  'contained',
  'closed',
  'all',
] as const;
/** Values of the address's `sort`. */
export const SORTS = ['severity', 'recent', 'age', 'due'] as const;
/** Values of the address's `level`, highest first as a person chooses. */
export const LEVELS = [
  'critical',
  'high',
  'medium',
  'low',
  'informational',
] as const satisfies readonly Level[];

/** Status tabs, severity, sort and text; all of it lives in the address. */
export function Filters(props: {
  status: (typeof STATUSES)[number];
  level: Level | undefined;
  sort: (typeof SORTS)[number];
  q: string;
  patch: (values: UrlPatch) => void;
  searchRef: RefObject<HTMLInputElement | null>;
}) {
  const { status, level, sort, patch } = props;
  const [text, setText] = useTypedParam(props.q, (q) => patch({ q }));
  return (
    <>
      <fieldset className={css.tabs} aria-label={t.statusFilter}>
        {STATUSES.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={status === each}
            onClick={() => patch({ status: each === 'open' ? '' : each })}
          >
            {t.filter[each]}
          </button>
        ))}
      </fieldset>
      <span className="spring" />
      <div className={css.search}>
        <Icon name="search" size={14} />
        <input
          ref={props.searchRef}
          className="input"
          type="search"
          aria-label={t.search}
          placeholder={t.searchPlaceholder}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' || event.key === 'Enter') event.currentTarget.blur();
          }}
        />
        <kbd>/</kbd>
      </div>
      <select
        className="select"
        aria-label={t.minLevel}
        value={level ?? ''}
        onChange={(event) => patch({ level: event.target.value })}
      >
        <option value="">{t.anyLevel}</option>
        {LEVELS.slice(0, -1).map((each) => (
          <option key={each} value={each}>
            {each === 'critical' ? ui.level[each] : t.andAbove(ui.level[each])}
          </option>
        ))}
      </select>
      <select
        className="select"
        aria-label={t.sort}
        value={sort}
        onChange={(event) => patch({ sort: event.target.value === 'severity' ? '' : event.target.value })}
      >
        {SORTS.map((each) => (
          <option key={each} value={each}>
            {t.sorts[each]}
          </option>
        ))}
      </select>
    </>
  );
}
