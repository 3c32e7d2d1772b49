import { type ComponentProps, type ReactNode, useId } from 'react';
import css from './fields.module.css';

/** A labelled text input, its hint and its error tied to it for assistive technology. */
export function TextField({
  label,
  hint,
  error,
  ...input
}: { label: string; hint?: ReactNode; error?: string | undefined } & ComponentProps<'input'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...input}
        id={id}
        className="input"
        aria-describedby={hint !== undefined || error !== undefined ? `${id}-hint` : undefined}
        aria-invalid={error !== undefined}
      />
      {(error !== undefined || hint !== undefined) && (
        <p id={`${id}-hint`} className="hint" data-error={error !== undefined || undefined}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

/** A labelled native select. */
export function SelectField({
  label,
  hint,
  children,
  ...select
}: { label: string; hint?: ReactNode } & ComponentProps<'select'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select {...select} id={id} className="select">
        {children}
      </select>
      {hint !== undefined && <p className="hint">{hint}</p>}
    </div>
  );
}

/** Something shown once: large, copyable, impossible to overlook. */
export function Secret({ label, value, children }: { label: string; value: string; children?: ReactNode }) {
  return (
    <div className={css.secret}>
      <p className="label">{label}</p>
      <div className="row">
        <code className={css.value} data-testid="secret">
          {value}
        </code>
        {children}
      </div>
    </div>
  );
}

/** Makes an id from a name: lower-case letters, digits and inner hyphens, as the server asks. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-|-$/g, '');
}

/** Whether a text is a valid id. */
export function isSlug(text: string): boolean {
  return text.length <= 64 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(text);
}

/** IANA zones the browser knows, UTC first. */
export function timeZones(): string[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
}
