import { useSyncExternalStore } from 'react';
import css from './toaster.module.css';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
  readonly actions: readonly ToastAction[];
}

/** Something to do about what just happened. */
export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

let toasts: readonly Toast[] = [];
let counter = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Says what just happened, for five seconds (errors, and what can be acted on: ten), also to screen readers. */
export function toast(
  text: string,
  kind: 'good' | 'bad' = 'good',
  actions: readonly ToastAction[] = [],
): void {
  const id = ++counter;
  set([...toasts.slice(-3), { id, text, bad: kind === 'bad', actions }]);
  setTimeout(() => drop(id), kind === 'bad' || actions.length > 0 ? 10_000 : 5000);
}

function drop(id: number): void {
  set(toasts.filter((each) => each.id !== id));
}

/** Where toasts appear; once in the shell. */
export function Toaster() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className={css.toaster} role="status" aria-live="polite">
      {shown.map((each) => (
        <div key={each.id} className={css.toast} data-bad={each.bad || undefined}>
          {each.text}
          {each.actions.map(({ label, run }) => (
            <button
              key={label}
              type="button"
              onClick={() => {
                drop(each.id);
                run();
              }}
            >
              {label}
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}
