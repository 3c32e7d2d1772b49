import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { ApiFailure, call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { Contact, TenantPatch, TenantView } from '../api/types.ts';
import { TenantTabs } from '../clients/tabs.tsx';
import { About } from '../plain/plain.tsx';
import { useMay, useOwnTenant } from '../session.ts';
import { TimeZoneField } from '../ui/choices.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { TextField } from '../ui/fields.tsx';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { codeOf, Empty, ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { toast } from '../ui/toaster.tsx';
import { ContactRow, isValid } from './contact-row.tsx';
import { SelfTelling } from './self-telling.tsx';
import { t } from './strings.ts';
import css from './tenants.module.css';
import { LanguageField } from './tenants.tsx';

/** One tenant and whom to tell. */
export default function TenantPage() {
  const { id } = useParams<{ id: string }>();
  const own = useOwnTenant();
  const query = useQuery(queries.tenant(id));
  useTitle(query.data?.name ?? id);
  return (
    <div className="page">
      {own === undefined && (
        <p className={css.back}>
          <Link href="/tenants">
            <Icon name="back" size={12} /> {t.title}
          </Link>
        </p>
      )}
      <About path="/tenants" />
      {query.data !== undefined ? (
        <TenantTabs tenant={query.data.id} name={query.data.name}>
          <Editor key={query.data.id} tenant={query.data} />
          <SelfTelling key={`by-self-${query.data.id}`} tenant={query.data} />
        </TenantTabs>
      ) : query.error instanceof ApiFailure && query.error.status === 404 ? (
        <Empty title={t.notFound} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SkeletonRows />
      )}
    </div>
  );
}

interface Row {
  /** Contacts have no id of their own; this one keeps a row's fields with the row while others go. */
  readonly key: number;
  readonly contact: Contact;
}
let keys = 0;

function Editor({ tenant }: { tenant: TenantView }) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const mayEdit = useMay('tenants.settings');
  const mayManage = useMay('tenants.manage');
  const [name, setName] = useState(tenant.name);
  const [language, setLanguage] = useState(tenant.language);
  const [timeZone, setTimeZone] = useState(tenant.timeZone);
  const [retention, setRetention] = useState(String(tenant.retentionDays));
  const [rows, setRows] = useState<readonly Row[]>(() =>
    tenant.contacts.map((contact) => ({ key: ++keys, contact })),
  );
  const [removing, setRemoving] = useState(false);
  const contacts = rows.map((row) => row.contact);
  const days = Number(retention);
  const wanted: TenantPatch = { name: name.trim(), language, timeZone, retentionDays: days, contacts };
  const { id: _id, demo: _demo, createdAt: _createdAt, ...stored } = tenant;
  const dirty = JSON.stringify({ ...stored, ...wanted }) !== JSON.stringify(stored);
  const valid =
    name.trim() !== '' && Number.isInteger(days) && days >= 1 && days <= 3650 && contacts.every(isValid);
  const path = `/api/tenants/${tenant.id}`;
  const refresh = () => {
    void client.invalidateQueries({ queryKey: queries.tenants().queryKey });
    void client.invalidateQueries({ queryKey: ['session'] });
  };
  const save = useMutation({
    mutationFn: () => call<TenantView>('PATCH', path, wanted),
    onSuccess: (saved) => {
      client.setQueryData(queries.tenant(tenant.id).queryKey, saved);
      toast(ui.saved);
      refresh();
    },
  });
  const remove = useMutation({
    mutationFn: () => call<void>('DELETE', path),
    onSuccess: () => {
      toast(t.removed);
      refresh();
      navigate('/tenants');
    },
    onError: (error) => toast(messageOf(error), 'bad'),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <div className="page-head">
        <h1>{tenant.name}</h1>
        <span className="count mono">{tenant.id}</span>
        <span className="spring" />
        {dirty && <span className="small muted">{t.unsaved}</span>}
        {tenant.demo && mayManage && (
          <button type="button" className="btn danger" onClick={() => setRemoving(true)}>
            {t.removeDemo}
          </button>
        )}
        {mayEdit && (
          <button type="submit" className="btn primary" disabled={!dirty || !valid || save.isPending}>
            {ui.save}
          </button>
        )}
      </div>
      {save.isError && (
        <p className={`notice bad ${css.problem}`} role="alert">
          {messageOf(save.error)} <code>{codeOf(save.error)}</code>
        </p>
      )}
      <fieldset className={css.form} disabled={!mayEdit}>
        <div className={css.general}>
          <TextField
            label={t.name}
            required
            maxLength={200}
            disabled={!mayManage}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <LanguageField value={language} onChange={setLanguage} />
          <TimeZoneField label={t.timeZone} value={timeZone} onChange={setTimeZone} />
          <TextField
            label={t.retention}
            hint={t.retentionHint}
            type="number"
            min={1}
            max={3650}
            required
            disabled={!mayManage}
            value={retention}
            onChange={(event) => setRetention(event.target.value)}
          />
        </div>
        <section aria-labelledby="contacts">
          <h2 id="contacts">{t.contacts}</h2>
          <p className="small muted">{rows.length === 0 ? t.noContacts : t.contactsText}</p>
          <ul className={css.contacts}>
            {rows.map((row) => (
              <ContactRow
                key={row.key}
                contact={row.contact}
                onChange={(contact) =>
                  setRows(rows.map((each) => (each.key === row.key ? { ...each, contact } : each)))
                }
                onRemove={() => setRows(rows.filter((each) => each.key !== row.key))}
              />
            ))}
          </ul>
          <button
            type="button"
            className="btn"
            onClick={() =>
              setRows([
                ...rows,
                {
                  key: ++keys,
                  contact: {
                    name: '',
                    email: '',
                    minLevel: 'medium',
                    kinds: ['incident'],
                    functions: [],
                    languages: [],
                    hours: 'always',
                  },
                },
              ])
            }
          >
            <Icon name="plus" size={13} /> {t.addContact}
          </button>
        </section>
      </fieldset>
      {removing && (
        <Confirm
          title={t.removeDemoTitle}
          text={t.removeDemoText}
          action={t.removeDemo}
          onCancel={() => setRemoving(false)}
          onConfirm={() => {
            setRemoving(false);
            remove.mutate();
          }}
        />
      )}
    </form>
  );
}
