import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ApiFailure, call } from '../api/client.ts';
import type { ExceptionDetail, ExceptionRefusal, NewException } from '../api/types.ts';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/fields.tsx';
import { codeOf, messageOf } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { toast } from '../ui/toaster.tsx';
import { dateIn, endOfDay } from './draft.ts';
import { t } from './strings.ts';

/** Changes an exception, and forgets what was known of it. */
export function useExceptionChange(done: (detail: ExceptionDetail) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, body }: { path: string; body: unknown }) =>
      call<ExceptionDetail>('POST', `/api/exceptions${path}`, body),
    onSuccess: (detail) => {
      client.setQueryData(['exception', detail.id], detail);
      void client.invalidateQueries({ queryKey: ['exceptions'] });
      done(detail);
    },
  });
}

/** Saves a new exception. */
export function useSaveException(done: (detail: ExceptionDetail) => void) {
  const change = useExceptionChange(done);
  return {
    ...change,
    save: (body: NewException) => change.mutate({ path: '', body }),
  };
}

/** The cases that a refusal names. */
export function refusalsOf(error: unknown): readonly ExceptionRefusal[] {
  if (!(error instanceof ApiFailure) || error.code !== 'VIGIE_API_EXCEPTION_SILENCES') return [];
  const { details } = error;
  if (typeof details !== 'object' || details === null || !('refusals' in details)) return [];
  return details.refusals as readonly ExceptionRefusal[];
}

/** Why something was refused, in the server's words. */
export function Failure({ error }: { error: unknown }) {
  const refusals = refusalsOf(error);
  return (
    <div className="notice bad" role="alert">
      {messageOf(error)} <code>{codeOf(error)}</code>
      {refusals.length > 0 && (
        <ul>
          {refusals.map((item) => (
            <li key={item.kind === 'case' ? `${item.ruleId} ${item.name}` : item.id}>
              {item.kind === 'case'
                ? t.impact.refusedCase(item.name, item.ruleTitle)
                : `INC-${item.id} ${item.title}`}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Moves the end of an exception. */
export function ExtendDialog({
  id,
  expiresAt,
  onClose,
}: {
  id: string;
  expiresAt: number;
  onClose: () => void;
}) {
  const [date, setDate] = useState(() => dateIn(90, Math.max(Date.now(), expiresAt - 30 * 86_400_000)));
  const [reason, setReason] = useState('');
  const change = useExceptionChange(() => {
    toast(t.extended);
    onClose();
  });
  const end = endOfDay(date);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (end !== undefined)
      change.mutate({ path: `/${id}/extend`, body: { expiresAt: end, reason: reason.trim() } });
  };
  return (
    <Dialog title={t.extendTitle} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={t.newEnd}
          type="date"
          required
          min={dateIn(0, expiresAt)}
          max={dateIn(365, Date.now())}
          value={date}
          onChange={(event) => setDate(event.target.value)}
        />
        <ReasonField label={t.whyStill} value={reason} onChange={setReason} />
        {change.isError && <Failure error={change.error} />}
        <div className="row">
          <span className="spring" />
          <button type="button" className="btn" onClick={onClose}>
            {ui.cancel}
          </button>
          <button
            type="submit"
            className="btn primary"
            disabled={change.isPending || end === undefined || reason.trim().length < 3}
          >
            {t.extend}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Ends an exception, with the reason that its history keeps. */
export function RevokeDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const change = useExceptionChange(() => {
    toast(t.revoked);
    onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ path: `/${id}/revoke`, body: { reason: reason.trim() } });
  };
  return (
    <Dialog title={t.revokeTitle} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p className="small">{t.revokeText}</p>
        <ReasonField label={t.whyRevoke} value={reason} onChange={setReason} />
        {change.isError && <Failure error={change.error} />}
        <div className="row">
          <span className="spring" />
          <button type="button" className="btn" onClick={onClose}>
            {ui.cancel}
          </button>
          <button
            type="submit"
            className="btn danger"
            disabled={change.isPending || reason.trim().length < 3}
          >
            {t.revoke}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function ReasonField(props: { label: string; value: string; onChange: (value: string) => void }) {
  return (
    <div className="field">
      <label htmlFor="exception-why">{props.label}</label>
      <textarea
        id="exception-why"
        className="input"
        rows={3}
        required
        maxLength={4000}
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </div>
  );
}
