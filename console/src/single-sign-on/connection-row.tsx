import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import type { SsoConnectionView } from '../api/types.ts';
import { Confirm } from '../ui/confirm.tsx';
import { CopyButton } from '../ui/copy.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Secret } from '../ui/fields.tsx';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import css from './single-sign-on.module.css';
import { t } from './strings.ts';

/** A connection: what it is, the addresses that its identity provider needs, and what can be done with it. */
export function ConnectionRow({
  connection,
  onEdit,
  onChanged,
}: {
  connection: SsoConnectionView;
  onEdit: () => void;
  onChanged: () => void;
}) {
  const [asking, setAsking] = useState<'remove' | 'token' | 'no-token' | null>(null);
  const { id, name, protocol, urls, domains } = connection;
  const path = `/api/sign-in-connections/${id}`;
  const bad = (error: unknown) => toast(messageOf(error), 'bad');
  const check = useMutation({
    mutationFn: () => call<{ ok: boolean; detail: string }>('POST', `${path}/check`),
    onError: bad,
  });
  const remove = useMutation({
    mutationFn: () => call<void>('DELETE', path),
    onError: bad,
    onSettled: onChanged,
  });
  const token = useMutation({
    mutationFn: () => call<{ token: string }>('POST', `${path}/scim-token`),
    onError: bad,
    onSettled: onChanged,
  });
  const endToken = useMutation({
    mutationFn: () => call<void>('DELETE', `${path}/scim-token`),
    onError: bad,
    onSettled: onChanged,
  });
  const addresses: [string, string][] = [
    [protocol.kind === 'oidc' ? t.redirectUri : t.acs, urls.callback],
    ...(protocol.kind === 'saml' ? ([[t.entityId, urls.entityId]] as [string, string][]) : []),
    [t.scimUrl, urls.scim],
  ];
  return (
    <li data-testid="connection">
      <div className={css.title}>
        <strong>{name}</strong>
        <span className="hint">
          {t.kinds[protocol.kind]} · {connection.enabled ? t.on : t.off}
          {domains.length > 0 && <> · {domains.join(', ')}</>}
        </span>
        <span className="spring" />
        <button type="button" className="btn small" disabled={check.isPending} onClick={() => check.mutate()}>
          {t.check}
        </button>
        <button type="button" className="btn small" aria-label={`${t.edit}: ${name}`} onClick={onEdit}>
          {t.edit}
        </button>
        <button
          type="button"
          className="btn small danger"
          aria-label={`${t.remove}: ${name}`}
          onClick={() => setAsking('remove')}
        >
          {t.remove}
        </button>
      </div>
      {check.isSuccess && (
        <p className={check.data.ok ? 'notice' : 'notice bad'} role="status">
          {check.data.ok ? t.checkOk : t.checkBad(check.data.detail)}
        </p>
      )}
      <dl className="facts">
        {addresses.map(([label, value]) => (
          <div key={label} className={css.pair}>
            <dt>{label}</dt>
            <dd className={css.url}>
              <code className="wrap">{value}</code>
              <CopyButton text={value} icon />
            </dd>
          </div>
        ))}
        <dt>{t.provisioning}</dt>
        <dd className="row">
          {connection.provisioning ? t.provisioningOn : t.provisioningOff}
          <button
            type="button"
            className="btn small"
            onClick={() => (connection.provisioning ? setAsking('token') : token.mutate())}
          >
            {connection.provisioning ? t.renewToken : t.makeToken}
          </button>
          {connection.provisioning && (
            <button type="button" className="btn small danger" onClick={() => setAsking('no-token')}>
              {t.endToken}
            </button>
          )}
        </dd>
      </dl>
      {asking !== null && (
        <Confirm
          title={{ remove: t.removeTitle, token: t.renewToken, 'no-token': t.endToken }[asking]}
          text={{ remove: t.removeText(name), token: t.renewText, 'no-token': t.endText }[asking]}
          action={{ remove: t.remove, token: t.renewToken, 'no-token': t.endToken }[asking]}
          onCancel={() => setAsking(null)}
          onConfirm={() => {
            ({ remove, token, 'no-token': endToken })[asking].mutate();
            setAsking(null);
          }}
        />
      )}
      {token.isSuccess && (
        <Dialog title={t.tokenTitle} onClose={() => token.reset()}>
          <div className="stack">
            <Secret label={t.token} value={token.data.token}>
              <CopyButton text={token.data.token} />
            </Secret>
            <p className="hint">{t.tokenHint}</p>
            <button type="button" className="btn primary" onClick={() => token.reset()}>
              {t.done}
            </button>
          </div>
        </Dialog>
      )}
    </li>
  );
}
