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
