import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect } from 'react';

/**
 * Windowing for a real `<table>`: only the visible rows exist, two empty rows stand for the others, so the
 * table keeps its semantics and its scrollbar.
 *
 * @param scroller element that scrolls
 * @param count rows in all
 * @param height of every row in pixels
 */
export function useVirtualRows(scroller: RefObject<HTMLElement | null>, count: number, height: number) {
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the row height is what must be measured again
  useEffect(() => virtualizer.measure(), [height, virtualizer]);
  const rows = virtualizer.getVirtualItems();
  const first = rows[0];
  const last = rows.at(-1);
  return {
    rows,
    before: first?.start ?? 0,
    after: last === undefined ? 0 : virtualizer.getTotalSize() - last.end,
    lastIndex: last?.index ?? -1,
    show: (index: number) => virtualizer.scrollToIndex(index, { align: 'auto' }),
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
