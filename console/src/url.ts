import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

/** Changes to the query string: `undefined` and empty strings take a key away. */
export type UrlPatch = Record<string, string | undefined>;

/** Applies a patch to a query string; returns it with its `?`, or nothing when it became empty. */
export function patchSearch(search: string, patch: UrlPatch): string {
  const params = new URLSearchParams(search);
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || value === '') params.delete(key);
    else params.set(key, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

/** The page's state as the address holds it. `patch` replaces the history entry unless `push` is asked for. */
export function useUrl() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const params = useMemo(() => new URLSearchParams(search), [search]);
  const patch = useCallback(
    (values: UrlPatch, how: 'replace' | 'push' = 'replace') => {
      // The window's own address, not the rendered one: two patches in one tick must add up.
      navigate(`${window.location.pathname}${patchSearch(window.location.search, values)}`, {
        replace: how === 'replace',
      });
    },
    [navigate],
  );
  return { params, patch };
}

/** The value when it is one of the allowed ones, else the default: an address is typed by people. */
export function oneOf<T extends string>(value: string | null, allowed: readonly T[], otherwise: T): T {
  return allowed.find((each) => each === value) ?? otherwise;
}
