import { type ReactNode, useEffect, useId, useRef } from 'react';
import css from './dialog.module.css';
import { Icon } from './icons.tsx';
import { ui } from './strings.ts';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly width?: number;
  /** No visible head: the content brings its own (command palette). */
  readonly bare?: boolean;
}

/**
 * A modal dialog on the browser's own `<dialog>`: focus stays inside, Escape closes, what lies behind is
 * inert, and focus returns to where it came from.
 */
export function Dialog({ title, onClose, children, width = 480, bare = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    const before = document.activeElement;
    if (!dialog.open) dialog.showModal();
    // Reading begins with the content, not with the button that ends it.
    dialog
      .querySelector<HTMLElement>('[data-dialog-body] :is(input, textarea, select, button, a[href])')
      ?.focus({ preventScroll: true });
    return () => {
      dialog.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key; the click is on the backdrop only
    <dialog
      ref={ref}
      className={css.dialog}
      style={{ width }}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className={css.inner}>
        <header className={bare ? 'visually-hidden' : css.head}>
          <h2 id={titleId}>{title}</h2>
          {!bare && (
            <button type="button" className="btn quiet icon" aria-label={ui.close} onClick={onClose}>
              <Icon name="close" />
            </button>
          )}
        </header>
        <div className={bare ? undefined : css.body} data-dialog-body>
          {children}
        </div>
      </div>
    </dialog>
  );
}
