import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { roleNames } from '../access/role-names.ts';
import { call } from '../api/client.ts';
import type { NewSsoConnection, Role, SignInSettings, SsoConnectionView } from '../api/types.ts';
import { useSession } from '../session.ts';
import { ListField } from '../ui/choices.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/fields.tsx';
import { Icon } from '../ui/icons.tsx';
import { codeOf, messageOf } from '../ui/states.tsx';
import { type Draft, draftOf, inputOf, newKey } from './draft.ts';
import css from './single-sign-on.module.css';
import { t } from './strings.ts';

/** A connection, new or as it is; its secret goes in and never comes out. */
export function ConnectionForm({
  settings,
  before,
  onClose,
}: {
  settings: SignInSettings;
  before: SsoConnectionView | null;
  onClose: () => void;
}) {
  const { provider } = useSession();
  const [draft, setDraft] = useState<Draft>(() => draftOf(before));
  const set = (change: Partial<Draft>) => setDraft((now) => ({ ...now, ...change }));
  const save = useMutation({
    mutationFn: () => {
      const input: Omit<NewSsoConnection, 'tenant'> = inputOf(draft);
      return before === null
        ? call('POST', '/api/sign-in-connections', { ...input, tenant: settings.tenant })
        : call('PUT', `/api/sign-in-connections/${before.id}`, input);
    },
    onSuccess: onClose,
  });
  return (
    <Dialog title={before === null ? t.add : t.editTitle(before.name)} onClose={onClose} width={620}>
      <form
        className={css.form}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <TextField
          label={t.name}
          hint={t.nameHint}
          required
          maxLength={120}
          value={draft.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <SelectField
          label={t.kind}
          value={draft.kind}
          disabled={before !== null}
          onChange={(event) => set({ kind: event.currentTarget.value as Draft['kind'] })}
        >
          <option value="oidc">{t.kinds.oidc}</option>
          <option value="saml">{t.kinds.saml}</option>
        </SelectField>
        <TextField
          label={draft.kind === 'oidc' ? t.issuer : t.samlIssuer}
          hint={draft.kind === 'oidc' ? t.issuerHint : t.samlIssuerHint}
          type={draft.kind === 'oidc' ? 'url' : 'text'}
          required
          value={draft.issuer}
          onChange={(event) => set({ issuer: event.currentTarget.value })}
        />
        {draft.kind === 'oidc' ? (
          <Oidc draft={draft} set={set} hasSecret={before?.hasSecret === true} />
        ) : (
          <Saml draft={draft} set={set} />
        )}
        {provider ? (
          <ListField
            label={t.domains}
            hint={t.domainsHint}
            placeholder="example.org"
            value={draft.domains}
            onChange={(domains) => set({ domains })}
          />
        ) : (
          <p className="small">
            {t.domains}: {draft.domains.join(', ') || '–'}. {t.domainsByProvider}
          </p>
        )}
        <Rules draft={draft} set={set} roles={settings.roles} />
        <fieldset>
          <legend>{draft.kind === 'oidc' ? t.claims : t.attributes}</legend>
          <div className={css.three}>
            {(['email', 'name', 'groups'] as const).map((each) => (
              <TextField
                key={each}
                label={t.attribute[each]}
                required
                value={draft.attributes[each]}
                onChange={(event) =>
                  set({ attributes: { ...draft.attributes, [each]: event.currentTarget.value } })
                }
              />
            ))}
          </div>
        </fieldset>
        <Check label={t.enabled} checked={draft.enabled} onChange={(enabled) => set({ enabled })} />
        <Check
          label={t.button}
          checked={draft.button}
          // The sign-in page is everybody's: what stands on it is for the provider to say.
          disabled={!provider && !draft.button}
          onChange={(button) => set({ button })}
        />
        {save.isError && (
          <p className="notice bad" role="alert">
            {messageOf(save.error)} <code>{codeOf(save.error)}</code>
          </p>
        )}
        <div className="row">
          <span className="spring" />
          <button type="submit" className="btn primary" disabled={save.isPending}>
            {t.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

type Set = (change: Partial<Draft>) => void;

function Oidc({ draft, set, hasSecret }: { draft: Draft; set: Set; hasSecret: boolean }) {
  return (
    <>
      <TextField
        label={t.clientId}
        required
        value={draft.clientId}
        onChange={(event) => set({ clientId: event.currentTarget.value })}
      />
      <TextField
        label={t.secret}
        hint={hasSecret ? t.secretKept : t.secretHint}
        type="password"
        autoComplete="off"
        value={draft.secret}
        onChange={(event) => set({ secret: event.currentTarget.value })}
      />
      <TextField
        label={t.scopes}
        required
        value={draft.scopes}
        onChange={(event) => set({ scopes: event.currentTarget.value })}
      />
    </>
  );
}

function Saml({ draft, set }: { draft: Draft; set: Set }) {
  const id = useId();
  return (
    <>
      <TextField
        label={t.entryPoint}
        type="url"
        required
        value={draft.entryPoint}
        onChange={(event) => set({ entryPoint: event.currentTarget.value })}
      />
      <div className="field">
        <label htmlFor={id}>{t.certificate}</label>
        <textarea
          id={id}
          className="input mono"
          rows={5}
          required
          spellCheck={false}
          value={draft.certificates}
          aria-describedby={`${id}-hint`}
          onChange={(event) => set({ certificates: event.currentTarget.value })}
        />
        <p id={`${id}-hint`} className="hint">
          {t.certificateHint}
        </p>
      </div>
    </>
  );
}

function Rules({ draft, set, roles }: { draft: Draft; set: Set; roles: readonly Role[] }) {
  const change = (key: number, values: Partial<Draft['rules'][number]>) =>
    set({ rules: draft.rules.map((rule) => (rule.key === key ? { ...rule, ...values } : rule)) });
  const first = roles.at(-1);
  return (
    <fieldset>
      <legend>{t.rules}</legend>
      <p className="hint">{t.rulesHint}</p>
      {draft.rules.map((rule) => (
        <div key={rule.key} className={css.rule}>
          <TextField
            label={t.group}
            required
            value={rule.group}
            onChange={(event) => change(rule.key, { group: event.currentTarget.value })}
          />
          <SelectField
            label={t.role}
            value={rule.role}
            onChange={(event) => change(rule.key, { role: event.currentTarget.value as Role })}
          >
            <RoleOptions roles={roles} />
          </SelectField>
          <button
            type="button"
            className="btn icon quiet"
            aria-label={t.removeRule(rule.group)}
            onClick={() => set({ rules: draft.rules.filter(({ key }) => key !== rule.key) })}
          >
            <Icon name="close" size={13} />
          </button>
        </div>
      ))}
      <div className="row">
        <button
          type="button"
          className="btn small"
          disabled={first === undefined}
          onClick={() => {
            if (first !== undefined)
              set({ rules: [...draft.rules, { key: newKey(), group: '', role: first }] });
          }}
        >
          <Icon name="plus" size={12} /> {t.addRule}
        </button>
      </div>
      <SelectField
        label={t.defaultRole}
        value={draft.defaultRole ?? ''}
        onChange={(event) => set({ defaultRole: (event.currentTarget.value || null) as Role | null })}
      >
        <option value="">{t.noRole}</option>
        <RoleOptions roles={roles} />
      </SelectField>
    </fieldset>
  );
}

function RoleOptions({ roles }: { roles: readonly Role[] }) {
  return roles.map((role) => (
    <option key={role} value={role}>
      {roleNames[role]}
    </option>
  ));
}

function Check(props: {
  label: string;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <label className={css.check}>
      <input
        type="checkbox"
        checked={props.checked}
        disabled={props.disabled}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      {props.label}
    </label>
  );
}
