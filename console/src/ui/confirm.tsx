import { Dialog } from './dialog.tsx';
import { ui } from './strings.ts';

/** Asks once before something that cannot be undone; the words say what is lost. */
export function Confirm(props: {
  title: string;
  text: string;
  action: string;
  onConfirm: () => void;
  onCancel: () => void;
}) {
  return (
    <Dialog title={props.title} onClose={props.onCancel} width={440}>
      <div className="stack">
        <p>{props.text}</p>
        <div className="row">
          <span className="spring" />
          <button type="button" className="btn" onClick={props.onCancel}>
            {ui.cancel}
          </button>
          <button type="button" className="btn danger" onClick={props.onConfirm}>
            {props.action}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
