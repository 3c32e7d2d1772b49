import { type RefObject, useCallback, useEffect, useState } from 'react';

/** Rows drawn beyond each edge, so that a fast scroll meets no gap. */
const OVERSCAN = 12;
/** Rows drawn before the height of the view is known: about a screen, for the first rows are waited for. */
const AT_FIRST = 16;
/** Height of the sticky table head, which covers the top of the scroller. */
const HEAD = 28;

/** First and last (exclusive) row to draw. */
export interface Window {
  readonly first: number;
  readonly end: number;
}

/**
 * Which rows of equal height are near the visible part. Pure.
 *
 * @param top pixels scrolled
 * @param view visible height in pixels
 */
export function windowOf(top: number, view: number, count: number, height: number): Window {
  const first = Math.max(0, Math.min(count, Math.floor(top / height)) - OVERSCAN);
  return { first, end: Math.min(count, Math.ceil((top + view) / height) + OVERSCAN) };
}

/**
 * Windowing for a real `<table>` whose rows are equally high: only the rows near the view exist, two empty
 * rows stand for the others, so the table keeps its semantics and its scrollbar. Draws again only when the
 * window moves by a row, not with each pixel.
 *
 * @param scroller element that scrolls
 * @param count rows in all
 * @param height of every row in pixels
 */
export function useVirtualRows(scroller: RefObject<HTMLElement | null>, count: number, height: number) {
  const [seen, setSeen] = useState<Window>({ first: 0, end: AT_FIRST });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = () => {
      const next = windowOf(element.scrollTop, element.clientHeight, count, height);
      setSeen((last) => (last.first === next.first && last.end === next.end ? last : next));
    };
    look();
    element.addEventListener('scroll', look, { passive: true });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', look);
      observer.disconnect();
    };
  }, [scroller, count, height]);
  const show = useCallback(
    (index: number) => {
      const element = scroller.current;
      if (element === null) return;
      const top = index * height;
      const bottom = top + height + HEAD;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (bottom > element.scrollTop + element.clientHeight)
        element.scrollTop = bottom - element.clientHeight;
    },
    [scroller, height],
  );
  const first = Math.min(seen.first, count);
  const end = Math.min(seen.end, count);
  return {
    indices: Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at),
    before: first * height,
    after: (count - end) * height,
    lastIndex: end - 1,
    show,
  };
}

/** Asks for the next page when the reader comes near the end of what is loaded. */
export function useLoadMore(
  lastIndex: number,
  loaded: number,
  query: { hasNextPage: boolean; isFetching: boolean; fetchNextPage: () => unknown },
): void {
  const { hasNextPage, isFetching, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetching && lastIndex >= loaded - 15) void fetchNextPage();
  }, [lastIndex, loaded, hasNextPage, isFetching, fetchNextPage]);
}
