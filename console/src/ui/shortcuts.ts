import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from 'react';

/** One key or a sequence (`g i`), the sentence the help shows, and what it does. */
export interface Shortcut {
  readonly keys: string;
  readonly label: string;
  readonly run: (event: KeyboardEvent) => void;
}
interface Group {
  readonly name: string;
  shortcuts: readonly Shortcut[];
}

const SEQUENCE_MS = 1200;
let groups: readonly Group[] = [];
const listeners = new Set<() => void>();
let first: { key: string; at: number } | null = null;

function setGroups(next: readonly Group[]): void {
  groups = next;
  for (const listener of listeners) listener();
}

/** Everything registered now: what the help dialog shows. */
export function useShortcutGroups(): readonly Group[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => groups,
  );
}

/** Registers a page's keys while it is shown; later pages win over earlier ones. */
export function useShortcuts(name: string, shortcuts: readonly Shortcut[]): void {
  const group = useRef<Group>({ name, shortcuts });
  // Before the next key: one pressed right after another means what the first has made of the page.
  useLayoutEffect(() => {
    group.current.shortcuts = shortcuts;
  });
  useEffect(() => {
    const mine = group.current;
    setGroups([...groups, mine]);
    return () => setGroups(groups.filter((each) => each !== mine));
  }, []);
}

/** Typing goes to the field, and a modal dialog owns its keys. */
function isTaken(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
    return true;
  if (document.querySelector('dialog[open], [role="dialog"][aria-modal="true"]') !== null) return true;
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === 'TEXTAREA' || target.tagName === 'SELECT') return true;
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox';
  // Enter and Space belong to the control that has the focus.
  return (
    (event.key === 'Enter' || event.key === ' ') &&
    target.matches('button, a[href], summary, [role="menuitem"]')
  );
}

/**
 * Finds what a key press means, given what was pressed before. Pure, so that it can be tested without a page.
 *
 * @returns the shortcut to run, or `'wait'` when the key begins a sequence, or `null`
 */
export function resolve(
  key: string,
  before: string | null,
  available: readonly Group[],
): Shortcut | 'wait' | null {
  const wanted = before === null ? key : `${before} ${key}`;
  for (const group of [...available].reverse()) {
    const found = group.shortcuts.find((each) => each.keys === wanted);
    if (found !== undefined) return found;
  }
  if (before !== null) return resolve(key, null, available);
  const begins = available.some((group) => group.shortcuts.some((each) => each.keys.startsWith(`${key} `)));
  return begins ? 'wait' : null;
}

/**
 * Listens for the whole console; called once by the shell.
 *
 * @param paused while an overlay opens: what is typed then is meant for the overlay, never for the page
 */
export function useShortcutListener(paused: boolean): void {
  useEffect(() => {
    if (paused) return;
    const onKey = (event: KeyboardEvent) => {
      if (isTaken(event)) return;
      const before = first !== null && Date.now() - first.at < SEQUENCE_MS ? first.key : null;
      first = null;
      const found = resolve(event.key, before, groups);
      if (found === 'wait') first = { key: event.key, at: Date.now() };
      else if (found !== null) {
        event.preventDefault();
        found.run(event);
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [paused]);
}
