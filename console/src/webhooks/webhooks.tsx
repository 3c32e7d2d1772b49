import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { WebhookView } from '@vigie/contracts/api';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { About, PageTitle } from '../plain/plain.tsx';
import { useScope, useTenantName } from '../session.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Icon } from '../ui/icons.tsx';
import { Empty, ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { AddWebhook, SecretDialog } from './add-webhook.tsx';
import { Deliveries } from './deliveries.tsx';
import { webhooks } from './queries.ts';
import { t } from './strings.ts';
import css from './webhooks.module.css';

/** Systems that are told of incidents. */
export default function Webhooks() {
  const { tenant } = useScope();
  const query = useQuery(webhooks(tenant));
  const [adding, setAdding] = useState(false);
  const button = (
    <button type="button" className="btn primary" onClick={() => setAdding(true)}>
      <Icon name="plus" size={13} /> {t.add}
    </button>
  );
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle path="/webhooks">{t.title}</PageTitle>
        <span className="spring" />
        {button}
      </div>
      <About path="/webhooks" />
      <p className={`small muted ${css.about}`}>{t.about}</p>
      {query.isPending ? (
        <SkeletonRows rows={3} height={64} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data.items.length === 0 ? (
        <Empty title={t.emptyTitle}>
          <p>{t.emptyText}</p>
        </Empty>
      ) : (
        <ul className={css.list}>
          {query.data.items.map((webhook) => (
            <Row key={webhook.id} webhook={webhook} />
          ))}
        </ul>
      )}
      {adding && <AddWebhook tenant={tenant} onClose={() => setAdding(false)} />}
    </div>
  );
}

function Row({ webhook }: { webhook: WebhookView }) {
  const client = useQueryClient();
  const nameOf = useTenantName();
  const [asking, setAsking] = useState<'remove' | 'secret' | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const path = `/api/webhooks/${webhook.id}`;
  const settled = {
    onError: (error: unknown) => toast(messageOf(error), 'bad'),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['webhooks'] }),
        client.invalidateQueries({ queryKey: ['webhook-deliveries', webhook.id], refetchType: 'active' }),
      ]),
  };
  const change = useMutation({
    mutationFn: (enabled: boolean) => call<WebhookView>('PATCH', path, { enabled }),
    ...settled,
  });
  const test = useMutation({
    mutationFn: () => call<void>('POST', `${path}/test`, {}),
    onSuccess: () => toast(t.tested),
    ...settled,
  });
  const renew = useMutation({
    mutationFn: () => call<{ secret: string }>('POST', `${path}/secret`, {}),
    onSuccess: (made) => setSecret(made.secret),
    ...settled,
  });
  const remove = useMutation({
    mutationFn: () => call<void>('DELETE', path),
    onSuccess: () => toast(t.removed),
    ...settled,
  });
  return (
    <li className={css.row} data-testid="webhook-row">
      <div className={css.main}>
        <h2>{webhook.name}</h2>
        <p className={css.url}>
          <code>{webhook.url}</code>
        </p>
        <p className="hint">
          {nameOf(webhook.tenant)} · {t.kinds} {webhook.kinds.map((kind) => t.kind[kind]).join(', ')}
        </p>
      </div>
      <div className={css.state}>
        <StateOf webhook={webhook} />
        <p className="hint">
          {t.columns.last}: <Age at={webhook.lastSentAt} suffix />
        </p>
      </div>
      <div className={css.actions}>
        <button type="button" className="btn small" disabled={test.isPending} onClick={() => test.mutate()}>
          {t.test}
        </button>
        <button
          type="button"
          className="btn small"
          disabled={change.isPending}
          onClick={() => change.mutate(!webhook.enabled)}
        >
          {webhook.enabled ? t.switchOff : t.switchOn}
        </button>
        <button type="button" className="btn small" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t.deliveries}
        </button>
        <button type="button" className="btn small" onClick={() => setAsking('secret')}>
          {t.newSecret}
        </button>
        <button type="button" className="btn small danger" onClick={() => setAsking('remove')}>
          {t.remove}
        </button>
      </div>
      {open && <Deliveries webhook={webhook} />}
      {asking !== null && (
        <Confirm
          title={asking === 'remove' ? t.removeTitle : t.newSecretTitle}
          text={asking === 'remove' ? t.removeText : t.newSecretText}
          action={asking === 'remove' ? t.remove : t.newSecret}
          onCancel={() => setAsking(null)}
          onConfirm={() => {
            setAsking(null);
            if (asking === 'secret') return renew.mutate();
            // What is about to be gone is asked for no more.
            setOpen(false);
            remove.mutate();
          }}
        />
      )}
      {secret !== null && <SecretDialog secret={secret} onClose={() => setSecret(null)} />}
    </li>
  );
}

function StateOf({ webhook }: { webhook: WebhookView }) {
  const { enabled, stopped, waiting, dead } = webhook;
  return (
    <p>
      <strong data-state={stopped !== null ? 'stopped' : enabled ? 'on' : 'off'} className={css.word}>
        {stopped !== null ? t.states.stopped : enabled ? t.states.on : t.states.off}
      </strong>
      {stopped !== null && <span className="hint"> {stopped}</span>}
      {waiting > 0 && <span className="muted"> · {t.waiting(waiting)}</span>}
      {dead > 0 && <span className={css.dead}> · {t.states.dead(dead)}</span>}
    </p>
  );
}
