import { type ReactNode, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { ErrorState, SkeletonRows } from '../states.tsx';
import { useLoadMore, useVirtualRows } from '../virtual-rows.ts';
import css from './list.module.css';

/** A column of a list. */
export interface Column {
  readonly id: string;
  readonly head: ReactNode;
  /** Sets the column's width; without one the column takes what the others leave. */
  readonly className?: string | undefined;
}

/** What a page can ask of its list. */
export interface ListHandle {
  /** Scrolls until a row is in view. */
  readonly show: (index: number) => void;
}

/** What a list needs of its query. */
interface Asked {
  readonly isPending: boolean;
  readonly isError: boolean;
  readonly error: unknown;
  readonly isPlaceholderData: boolean;
  readonly refetch: () => unknown;
  readonly hasNextPage: boolean;
  readonly isFetching: boolean;
  readonly fetchNextPage: () => unknown;
}

interface Props<T> {
  readonly query: Asked;
  readonly items: readonly T[];
  /** Rows in all, where the server counts them. */
  readonly total?: number | undefined;
  /** Height of every row, pixels. */
  readonly height: number;
  readonly columns: readonly Column[];
  /** The box that chooses all rows; without it, no row can be chosen. */
  readonly check?: { label: string; checked: boolean; onChange: () => void } | undefined;
  /** Shown instead of a table without rows. */
  readonly empty: ReactNode;
  readonly testId?: string;
  readonly handle?: RefObject<ListHandle | null>;
  /** Told when the pointer comes over the list, and when it leaves. */
  readonly onInside?: (inside: boolean) => void;
  /**
   * Draws a row, a {@link Row}.
   *
   * @param room width of the first column without a width of its own, pixels; 0 before it is known
   */
  readonly children: (item: T, index: number, room: number) => ReactNode;
}

/**
 * A table of any length: only rows near the view exist, further pages are fetched as the reader comes near their
 * end. On a phone its head is gone and each row is a block of its own.
 */
export function List<T>(props: Props<T>) {
  const { query, items, columns, check, height, handle, onInside } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualRows(scroller, items.length, height);
  useLoadMore(rows.lastIndex, items.length, query);
  const { show } = rows;
  useEffect(() => {
    if (handle !== undefined) handle.current = { show };
  }, [handle, show]);
  const [main, room] = useWidth(scroller);
  const draw = useKept(props.children, items, room);
  const flexible = columns.find(({ className }) => className === undefined)?.id;
  return (
    <div
      ref={scroller}
      className={css.scroller}
      data-stale={query.isPlaceholderData || undefined}
      data-testid={props.testId}
      onPointerEnter={() => onInside?.(true)}
      onPointerLeave={() => onInside?.(false)}
    >
      {query.isPending ? (
        <SkeletonRows rows={14} height={height} />
      ) : query.isError && items.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : items.length === 0 ? (
        props.empty
      ) : (
        <table className={css.table} aria-rowcount={(props.total ?? items.length) + 1}>
          <thead>
            <tr aria-rowindex={1}>
              {check !== undefined && (
                <th scope="col" className={css.check}>
                  <input
                    type="checkbox"
                    aria-label={check.label}
                    checked={check.checked}
                    onChange={check.onChange}
                  />
                </th>
              )}
              {columns.map(({ id, head, className }) => (
                <th key={id} scope="col" className={className} ref={id === flexible ? main : undefined}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.before > 0 && <tr className={css.spacer} style={{ height: rows.before }} />}
            {rows.indices.map(draw)}
            {rows.after > 0 && <tr className={css.spacer} style={{ height: rows.after }} />}
          </tbody>
        </table>
      )}
    </div>
  );
}

/**
 * Rows that are drawn once and kept while only the view moves: a step of scrolling draws the row that comes into sight,
 * not the forty around it. Whatever the page itself draws anew, it draws all of.
 */
function useKept<T>(
  draw: (item: T, index: number, room: number) => ReactNode,
  items: readonly T[],
  room: number,
): (index: number) => ReactNode {
  // `draw` is another function whenever the page was drawn, which is what makes the rows kept here old.
  const kept = useMemo(() => ({ draw, room, rows: new Map<number, ReactNode>() }), [draw, room]);
  return (index) => {
    const known = kept.rows.get(index);
    if (known !== undefined) return known;
    const drawn = kept.draw(items[index]!, index, kept.room);
    kept.rows.set(index, drawn);
    return drawn;
  };
}

/** Width of an element, or of its scroller where the element is not shown; follows changes in steps of 16 pixels. */
function useWidth(scroller: RefObject<HTMLElement | null>) {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element === null) return;
    const look = () => {
      const wide = element.offsetWidth || (scroller.current?.clientWidth ?? 0);
      // Each pixel of a window that is dragged would draw all rows again.
      setWidth(Math.floor(wide / 16) * 16);
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    if (scroller.current !== null) observer.observe(scroller.current);
    return () => observer.disconnect();
  }, [element, scroller]);
  return [setElement, width] as const;
}
