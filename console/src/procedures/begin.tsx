import type { SendsBySelf } from '@vigie/contracts/api';
import { Dialog } from '../ui/dialog.tsx';
import { ui } from '../ui/strings.ts';
import css from './procedures.module.css';
import { t } from './strings.ts';

/** Shows, before a procedure is begun, which of its steps will send by themselves, and to whom. */
export function Begin(props: {
  title: string;
  sends: readonly SendsBySelf[];
  onConfirm: () => void;
  onCancel: () => void;
}) {
  return (
    <Dialog title={t.bySelf.title} onClose={props.onCancel} width={520}>
      <div className="stack">
        <p>
          <strong>{props.title}</strong>
        </p>
        <p>{t.bySelf.text}</p>
        <ul className={css.people}>
          {props.sends.map(({ step, title, to }) => (
            <li key={step} data-testid="sends-by-self">
              <strong>{title}</strong>
              <span>{to.map(({ name, email }) => `${name} <${email}>`).join(', ')}</span>
            </li>
          ))}
        </ul>
        <div className="row">
          <span className="spring" />
          <button type="button" className="btn" onClick={props.onCancel}>
            {ui.cancel}
          </button>
          <button type="button" className="btn primary" onClick={props.onConfirm}>
            {t.panel.attach}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
