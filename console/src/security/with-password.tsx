import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { PasswordField, setupMessage } from './factor-setup.tsx';

/** Asks for the password, then does it. */
export function WithPassword(props: {
  title: string;
  text: string;
  action: string;
  danger?: boolean;
  /** What follows closes the dialog itself. */
  stay?: boolean;
  run: (password: string) => Promise<unknown>;
  onClose: () => void;
}) {
  const [password, setPassword] = useState('');
  const run = useMutation({
    mutationFn: () => props.run(password),
    onSuccess: () => {
      if (props.stay !== true) props.onClose();
    },
  });
  return (
    <Dialog title={props.title} onClose={props.onClose} width={440}>
      <form
        className="stack"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          run.mutate();
        }}
      >
        <p>{props.text}</p>
        <PasswordField value={password} onChange={setPassword} />
        {run.isError && (
          <p className="notice bad" role="alert">
            {setupMessage(run.error)}
          </p>
        )}
        <div className="row">
          <span className="spring" />
          <button
            type="submit"
            className={props.danger === true ? 'btn danger' : 'btn primary'}
            disabled={run.isPending || password === ''}
          >
            {props.action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
