import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import css from './flyout.module.css';

/** A button and the small panel it opens; Escape, a click outside or a choice closes it. */
export function Flyout({
  label,
  button,
  children,
  align = 'right',
  up = false,
  buttonClass = 'btn quiet icon',
  onOpen,
}: {
  label: string;
  button: ReactNode;
  children: (close: () => void) => ReactNode;
  align?: 'left' | 'right';
  up?: boolean;
  buttonClass?: string;
  onOpen?: () => void;
}) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    const outside = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      setOpen(false);
      trigger.current?.focus();
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('keydown', onKey, true);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('keydown', onKey, true);
    };
  }, [open]);
  return (
    <div className={css.root} ref={root}>
      <button
        ref={trigger}
        type="button"
        className={buttonClass}
        aria-label={label}
        title={label}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => {
          if (!open) onOpen?.();
          setOpen(!open);
        }}
      >
        {button}
      </button>
      {open && (
        <section
          id={id}
          aria-label={label}
          className={css.panel}
          data-align={align}
          data-up={up || undefined}
        >
          {children(() => setOpen(false))}
        </section>
      )}
    </div>
  );
}
