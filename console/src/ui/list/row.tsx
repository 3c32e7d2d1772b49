import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import css from './list.module.css';

/**
 * A row of a {@link List}. With `onOpen` the whole row opens its thing; the {@link RowTitle} in it is the link that
 * assistive technology sees.
 */
export function Row(props: {
  readonly index: number;
  readonly className?: string | undefined;
  readonly active?: boolean;
  readonly selected?: boolean;
  readonly check?: { label: string; onChange: () => void } | undefined;
  readonly onOpen?: () => void;
  readonly onFocus?: () => void;
  /** Attributes for tests and styles, `data-…`. */
  readonly data?: Readonly<Record<`data-${string}`, string | number | true | undefined>>;
  readonly children: ReactNode;
}) {
  const { active, selected, check, onOpen } = props;
  return (
    <tr
      className={props.className === undefined ? css.row : `${css.row} ${props.className}`}
      data-active={active || undefined}
      data-selected={selected || undefined}
      data-opens={onOpen !== undefined || undefined}
      aria-rowindex={props.index + 2}
      onClick={
        onOpen &&
        ((event) => {
          const inside =
            event.target instanceof Element ? event.target.closest('a, input, button, section') : null;
          if (inside === null) onOpen();
        })
      }
      onFocus={props.onFocus}
      {...props.data}
    >
      {check !== undefined && (
        <td className={css.check}>
          <input
            type="checkbox"
            checked={selected === true}
            aria-label={check.label}
            onChange={check.onChange}
          />
        </td>
      )}
      {props.children}
    </tr>
  );
}

/** What a row is about, on two lines at most; takes the focus when its row becomes the active one. */
export function RowTitle(props: {
  readonly href: string;
  readonly active?: boolean;
  readonly onFocus?: () => void;
  readonly children: string;
}) {
  const { active = false, children } = props;
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (active && document.activeElement !== link.current) link.current?.focus({ preventScroll: true });
  }, [active]);
  return (
    <Link ref={link} href={props.href} className={css.title} title={children} onFocus={props.onFocus}>
      {children}
    </Link>
  );
}
