import css from './boot.module.css';
import { Mark } from './ui/icons.tsx';
import { ui } from './ui/strings.ts';

/** The moment before the console knows who looks. */
export function Boot() {
  return (
    <div className={css.boot} role="status" aria-label={ui.loading}>
      <Mark size={44} />
    </div>
  );
}
