import { useSyncExternalStore } from 'react';

/** What a person chose; `auto` follows the system. */
export type Scheme = 'auto' | 'light' | 'dark';

const KEY = 'vigie.color-scheme';
const listeners = new Set<() => void>();
const media = matchMedia('(prefers-color-scheme: dark)');

function stored(): Scheme {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : 'auto';
  } catch {
    return 'auto'; // Storage is blocked.
  }
}
let chosen = stored();

function apply(): void {
  const dark = chosen === 'dark' || (chosen === 'auto' && media.matches);
  document.documentElement.setAttribute('data-color-scheme', dark ? 'dark' : 'light');
  for (const listener of listeners) listener();
}
media.addEventListener('change', apply);

/** Chooses and remembers a scheme. */
export function setScheme(next: Scheme): void {
  chosen = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    apply(); // Storage is blocked: the choice holds for this page.
    return;
  }
  apply();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** The choice, for the menu. */
export function useScheme(): Scheme {
  return useSyncExternalStore(subscribe, () => chosen);
}

/** What is shown now. */
export function useShownScheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () =>
    chosen === 'dark' || (chosen === 'auto' && media.matches) ? 'dark' : 'light',
  );
}
