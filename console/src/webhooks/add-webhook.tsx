import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { WebhookKind, WebhookView } from '@vigie/contracts/api';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { useSession } from '../session.ts';
import { CopyButton } from '../ui/copy.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Secret, SelectField, TextField } from '../ui/fields.tsx';
import { messageOf } from '../ui/states.tsx';
import { t } from './strings.ts';
import css from './webhooks.module.css';

const KINDS: readonly WebhookKind[] = ['incident.opened', 'incident.changed', 'incident.closed'];

/** Asks for a webhook, then shows its secret once. */
export function AddWebhook({ tenant, onClose }: { tenant: string | undefined; onClose: () => void }) {
  const client = useQueryClient();
  const { tenants } = useSession();
  const [of, setOf] = useState(tenant ?? tenants[0]?.id ?? '');
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [kinds, setKinds] = useState<readonly WebhookKind[]>(['incident.opened', 'incident.closed']);
  const add = useMutation({
    mutationFn: () =>
      call<{ webhook: WebhookView; secret: string }>('POST', '/api/webhooks', {
        tenant: of,
        name: name.trim(),
        url: url.trim(),
        kinds,
      }),
    onSettled: () => client.invalidateQueries({ queryKey: ['webhooks'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  if (add.isSuccess) return <SecretDialog secret={add.data.secret} onClose={onClose} />;
  return (
    <Dialog title={t.add} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={t.name}
          required
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        {tenants.length > 1 && (
          <SelectField label={t.tenant} value={of} onChange={(event) => setOf(event.target.value)}>
            {tenants.map((each) => (
              <option key={each.id} value={each.id}>
                {each.name}
              </option>
            ))}
          </SelectField>
        )}
        <TextField
          label={t.url}
          hint={t.urlHint}
          type="url"
          required
          maxLength={2000}
          placeholder="https://tickets.example.org/vigie"
          value={url}
          onChange={(event) => setUrl(event.target.value)}
        />
        <fieldset className={css.kinds}>
          <legend className="label">{t.kinds}</legend>
          {KINDS.map((kind) => (
            <label key={kind}>
              <input
                type="checkbox"
                checked={kinds.includes(kind)}
                onChange={(event) =>
                  setKinds(event.target.checked ? [...kinds, kind] : kinds.filter((each) => each !== kind))
                }
              />{' '}
              {t.kind[kind]}
            </label>
          ))}
        </fieldset>
        {add.isError && (
          <p className="notice bad" role="alert">
            {messageOf(add.error)}
          </p>
        )}
        <div className="row">
          <span className="spring" />
          <button type="button" className="btn" onClick={onClose}>
            {t.cancel}
          </button>
          <button type="submit" className="btn primary" disabled={add.isPending || kinds.length === 0}>
            {t.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** A signing secret, once. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog title={t.secret} onClose={onClose}>
      <div className="stack">
        <Secret label={t.secret} value={secret}>
          <CopyButton text={secret} />
        </Secret>
        <p className="hint">{t.secretOnce}</p>
        <div className="row">
          <span className="spring" />
          <button type="button" className="btn primary" onClick={onClose}>
            {t.done}
          </button>
        </div>
      </div>
    </Dialog>
  );
}
