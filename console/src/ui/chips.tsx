import type { Entity, Technique } from '../api/types.ts';
import css from './chips.module.css';
import { ui } from './strings.ts';

/** Page of a technique in MITRE's catalogue, or null when the id has not the form of one. */
export function techniqueUrl(id: string): string | null {
  const parts = /^(T\d{4})(?:\.(\d{3}))?$/i.exec(id);
  if (parts === null) return null;
  const [, technique, sub] = parts;
  return `https://attack.mitre.org/techniques/${technique!.toUpperCase()}/${sub === undefined ? '' : `${sub}/`}`;
}

/** Narrow letters, which take about half the room of the others. */
const NARROW = /[.,:;'|!iljt/\\()[\]]/g;
/** Frame, padding and gap of a chip, pixels. */
const AROUND = 19;
/** Room of the number of what is not shown, pixels. */
const REST = 26;
/** Where a longer text is cut, pixels. */
const WIDEST = 200;

/**
 * How many texts fit into a line as whole chips, at least one; and the pixels that stay free. Widths are estimated from
 * the letters, a little large: to measure each would cost a layout a row. Pure.
 */
export function fitting(texts: readonly string[], room: number): { count: number; left: number } {
  let left = room;
  let count = 0;
  for (const text of texts) {
    const narrow = text.match(NARROW)?.length ?? 0;
    const width = AROUND + Math.min(WIDEST, (text.length - narrow) * 7.2 + narrow * 3.8);
    const rest = count + 1 < texts.length ? REST : 0;
    if (count > 0 && width + rest > left) break;
    left -= width;
    count++;
  }
  return { count, left: Math.max(0, left - (count < texts.length ? REST : 0)) };
}

/** The things an incident is about; the first few, the rest as a number. */
export function Entities({ items, max = 3 }: { items: readonly Entity[]; max?: number }) {
  const rest = items.length - max;
  return (
    <span className={css.chips}>
      {items.slice(0, max).map((entity) => (
        <span
          key={`${entity.type} ${entity.value}`}
          className={css.chip}
          title={`${ui.entity[entity.type]}: ${entity.value}`}
        >
          <span className="visually-hidden">{ui.entity[entity.type]} </span>
          <span className={css.value}>{entity.value}</span>
        </span>
      ))}
      {rest > 0 && <span className={css.rest}>{ui.more(rest)}</span>}
    </span>
  );
}

/** Technique ids without links, for rows that are links themselves. */
export function TechniqueIds({ items, max = 2 }: { items: readonly Technique[]; max?: number }) {
  const rest = items.length - max;
  if (max <= 0) return null;
  return (
    <span className={css.chips}>
      {items.slice(0, max).map((technique) => (
        <span key={technique.id} className={css.technique} title={`${technique.tactic}: ${technique.name}`}>
          {technique.id}
        </span>
      ))}
      {rest > 0 && <span className={css.rest}>{ui.more(rest)}</span>}
    </span>
  );
}

/** Techniques by name, each linking to MITRE's page. */
export function TechniqueLinks({ items }: { items: readonly Technique[] }) {
  return (
    <ul className={css.list}>
      {items.map((technique) => {
        const url = techniqueUrl(technique.id);
        return (
          <li key={technique.id}>
            {url === null ? (
              <span className={css.technique}>{technique.id}</span>
            ) : (
              <a href={url} target="_blank" rel="noreferrer" className={css.technique}>
                {technique.id}
              </a>
            )}
            <span>
              {technique.name}
              <span className={css.tactic}>{technique.tactic}</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
