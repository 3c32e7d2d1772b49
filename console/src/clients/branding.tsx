import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { BrandingSetup, BrandingView } from '@vigie/contracts/api';
import { type FormEvent, useId, useState } from 'react';
import { call } from '../api/client.ts';
import { useMayForAll } from '../session.ts';
import { TextField } from '../ui/fields.tsx';
import { useTitle } from '../ui/hooks.ts';
import { codeOf, ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { toast } from '../ui/toaster.tsx';
import css from './clients.module.css';
import { contrastWithWhite } from './contrast.ts';
import { clientQueries } from './queries.ts';
import { SaveBar } from './saving.tsx';
import { t } from './strings.ts';

/** How the provider presents itself. */
export default function Branding() {
  useTitle(t.branding);
  const query = useQuery(clientQueries.branding());
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t.branding}</h1>
      </div>
      <p className="muted">{t.brandingText}</p>
      {query.data !== undefined ? (
        <Editor key={JSON.stringify(query.data)} stored={query.data} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SkeletonRows rows={5} />
      )}
    </div>
  );
}

function Editor({ stored }: { stored: BrandingView }) {
  const client = useQueryClient();
  const mayEdit = useMayForAll('tenants.manage');
  const { logo, ...before } = stored;
  const [setup, setSetup] = useState<BrandingSetup>(before);
  const saved = (view: BrandingView) => {
    client.setQueryData(clientQueries.branding().queryKey, view);
    toast(ui.saved);
  };
  const save = useMutation({
    mutationFn: (next: BrandingSetup) => call<BrandingView>('PUT', '/api/branding', next),
    onSuccess: saved,
  });
  const set = (key: keyof BrandingSetup) => (event: { target: { value: string } }) =>
    setSetup({ ...setup, [key]: event.target.value === '' ? null : event.target.value });
  const known = setup.colour === null || /^#[0-9a-f]{6}$/i.test(setup.colour);
  const contrast = setup.colour !== null && known ? contrastWithWhite(setup.colour) : 21;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(setup);
  };
  return (
    <form onSubmit={submit} data-testid="branding-form">
      <fieldset className={css.form} disabled={!mayEdit}>
        <div className={css.pair}>
          <TextField
            label={t.providerName}
            placeholder={t.asConfigured}
            maxLength={200}
            value={setup.name ?? ''}
            onChange={set('name')}
          />
          <div className="stack">
            <TextField
              label={t.colour}
              placeholder="#1f5f9f"
              maxLength={7}
              spellCheck={false}
              error={contrast < 4.5 ? t.contrast(contrast.toFixed(1)) : undefined}
              value={setup.colour ?? ''}
              onChange={set('colour')}
            />
            {setup.colour !== null && known && (
              <svg className={css.swatch} aria-hidden="true">
                <rect width="100%" height="100%" fill={setup.colour} />
              </svg>
            )}
          </div>
          <TextField
            label={t.senderName}
            placeholder={t.asConfigured}
            maxLength={100}
            value={setup.senderName ?? ''}
            onChange={set('senderName')}
          />
          <TextField
            label={t.senderAddress}
            hint={t.senderHint}
            placeholder={t.asConfigured}
            type="email"
            maxLength={254}
            value={setup.senderAddress ?? ''}
            onChange={set('senderAddress')}
          />
        </div>
        <SaveBar
          dirty={JSON.stringify(setup) !== JSON.stringify(before)}
          valid={known && contrast >= 4.5}
          mayEdit={mayEdit}
          save={save}
        />
        <Logo logo={logo} mayEdit={mayEdit} onSaved={saved} />
      </fieldset>
    </form>
  );
}

function Logo(props: {
  logo: BrandingView['logo'];
  mayEdit: boolean;
  onSaved: (view: BrandingView) => void;
}) {
  const id = useId();
  const change = useMutation({
    mutationFn: async (file: File | null) =>
      file === null
        ? call<BrandingView>('DELETE', '/api/branding/logo')
        : call<BrandingView>('PUT', '/api/branding/logo', { type: file.type, data: await base64(file) }),
    onSuccess: props.onSaved,
  });
  return (
    <section className="stack" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{t.logo}</h2>
      {props.logo !== null && (
        <img className={css.logo} src={`/api/branding/logo?${props.logo.changedAt}`} alt={t.logo} />
      )}
      {props.logo?.type === 'image/svg+xml' && <p className="notice">{t.logoNotInMails}</p>}
      {props.mayEdit && (
        <div className="field">
          <label htmlFor={id}>{t.chooseLogo}</label>
          <input
            id={id}
            type="file"
            accept="image/png,image/jpeg,image/svg+xml"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file !== undefined) change.mutate(file);
            }}
          />
          <p className="hint">{t.logoHint}</p>
        </div>
      )}
      {change.isError && (
        <p className="notice bad" role="alert">
          {messageOf(change.error)} <code>{codeOf(change.error)}</code>
        </p>
      )}
      {props.mayEdit && props.logo !== null && (
        <div className="row">
          <button type="button" className="btn small" onClick={() => change.mutate(null)}>
            {t.removeLogo}
          </button>
        </div>
      )}
    </section>
  );
}

async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
