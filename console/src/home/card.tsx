import { type ReactNode, useId } from 'react';
import { Link } from 'wouter';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import css from './home.module.css';
import { t } from './strings.ts';

/** What a card needs to know of a question to the server. */
interface Asked<T> {
  readonly data: T | undefined;
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

/** One question a person has, its answer, and the way to all of it. `children` gives null for an empty answer. */
export function Card<T>(props: {
  title: string;
  asked: Asked<T>;
  /** What it means that there is nothing. */
  empty: string;
  /** Where there is more, or where something can be done about it. */
  to: string;
  toText?: string;
  wide?: boolean;
  children: (data: T) => ReactNode;
}) {
  const { asked } = props;
  const id = useId();
  return (
    <section className={css.card} data-wide={props.wide || undefined} aria-labelledby={id} data-testid="card">
      <div className={css.head}>
        <h2 id={id}>{props.title}</h2>
        <Link href={props.to} aria-label={`${props.toText ?? t.all}: ${props.title}`}>
          {props.toText ?? t.all}
        </Link>
      </div>
      {asked.isPending ? (
        <SkeletonRows rows={3} height={32} />
      ) : asked.data === undefined ? (
        <ErrorState error={asked.error} onRetry={() => void asked.refetch()} />
      ) : (
        (props.children(asked.data) ?? <p className={css.empty}>{props.empty}</p>)
      )}
    </section>
  );
}

/** The first of a list, and how many are left out; null for an empty one. */
export function Lines<T>(props: {
  items: readonly T[];
  most?: number;
  /** How many there are, where `items` are not all. */
  total?: number;
  keyOf: (item: T) => string | number;
  children: (item: T) => ReactNode;
}): ReactNode {
  const { items, most = 6 } = props;
  if (items.length === 0) return null;
  const left = (props.total ?? items.length) - Math.min(items.length, most);
  return (
    <>
      <ul className={css.lines}>
        {items.slice(0, most).map((item) => (
          <li key={props.keyOf(item)}>{props.children(item)}</li>
        ))}
      </ul>
      {left > 0 && <p className="hint">{t.andMore(left)}</p>}
    </>
  );
}
