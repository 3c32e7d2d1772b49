import type { ReactNode } from 'react';
import { ApiFailure } from '../api/client.ts';
import { Mark } from './icons.tsx';
import css from './states.module.css';
import { ui } from './strings.ts';

/** Lines that keep the page's shape while data is under way. */
export function SkeletonRows({ rows = 8, height = 40 }: { rows?: number; height?: number }) {
  return (
    <div role="status" aria-label={ui.loading} className={css.rows}>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are identical and never move
        <div key={index} className={css.row} style={{ height }}>
          <span className="skeleton" style={{ width: 62 }} />
          <span className="skeleton" style={{ width: `${58 - ((index * 17) % 31)}%` }} />
          <span className="skeleton" style={{ width: 48, marginLeft: 'auto' }} />
        </div>
      ))}
    </div>
  );
}

/** Nothing here, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={css.state} data-testid="empty">
      <span className={css.mark}>
        <Mark size={34} />
      </span>
      <h2>{title}</h2>
      <div className={css.text}>{children}</div>
    </div>
  );
}

/** What went wrong, its code, and a way to try again. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  return (
    <div className={css.state} role="alert" data-testid="error">
      <h2>{ui.errorTitle}</h2>
      <p className={css.text}>{messageOf(error)}</p>
      <p>
        <code className={css.code}>{codeOf(error)}</code>
      </p>
      {onRetry && (
        <button type="button" className="btn" onClick={onRetry}>
          {ui.retry}
        </button>
      )}
    </div>
  );
}

/**
 * A failure's sentence, in the reader's language for codes that people meet. A translated sentence without a full
 * stop is general: the server's own, in English, follows it, because it names the field or the thing.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof ApiFailure)) return error instanceof Error ? error.message : String(error);
  const text = ui.errors[error.code];
  if (text === undefined) return error.message;
  return text.endsWith('.') || error.message === '' ? text : `${text} (${error.message})`;
}

/** A failure's stable code; `VIGIE_CONSOLE_BUG` for what is the console's own fault. */
export function codeOf(error: unknown): string {
  return error instanceof ApiFailure ? error.code : 'VIGIE_CONSOLE_BUG';
}
