import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, Redirect, useLocation } from 'wouter';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { Language, NewTenant, TenantView } from '../api/types.ts';
import { About, PageTitle } from '../plain/plain.tsx';
import { useMayForAll, useOwnTenant } from '../session.ts';
import { TimeZoneField } from '../ui/choices.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { isSlug, SelectField, slugOf, TextField } from '../ui/fields.tsx';
import { Icon } from '../ui/icons.tsx';
import { codeOf, Empty, ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { t } from './strings.ts';
import css from './tenants.module.css';

/** Client organisations. */
export default function Tenants() {
  const own = useOwnTenant();
  // A list of one's own organisation alone would say less than its page.
  return own === undefined ? <AllTenants /> : <Redirect to={`/tenants/${own.id}`} replace />;
}

function AllTenants() {
  const mayEdit = useMayForAll('tenants.manage');
  const [adding, setAdding] = useState(false);
  const query = useQuery(queries.tenants());
  const items = query.data?.items ?? [];
  const add = mayEdit && (
    <button type="button" className="btn primary" onClick={() => setAdding(true)}>
      <Icon name="plus" size={13} /> {t.add}
    </button>
  );
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle path="/tenants">{t.title}</PageTitle>
        {query.data && <span className="count">{t.count(items.length)}</span>}
        <span className="spring" />
        {add}
      </div>
      <About path="/tenants" />
      {query.isPending ? (
        <SkeletonRows rows={5} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : items.length === 0 ? (
        <Empty title={t.emptyTitle}>
          <p>{t.emptyText}</p>
          {add}
        </Empty>
      ) : (
        <div className="scroll-x">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">{t.columns.tenant}</th>
                <th scope="col">{t.columns.language}</th>
                <th scope="col">{t.columns.zone}</th>
                <th scope="col" className="num">
                  {t.columns.retention}
                </th>
                <th scope="col" className="num">
                  {t.columns.contacts}
                </th>
                <th scope="col" className="num">
                  {t.columns.since}
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((tenant) => (
                <tr key={tenant.id} data-testid="tenant-row">
                  <td>
                    <Link href={`/tenants/${tenant.id}`} className={css.name}>
                      {tenant.name}
                    </Link>{' '}
                    {tenant.demo && <span className={css.demo}>{t.demo}</span>}
                    <div className="hint mono">{tenant.id}</div>
                  </td>
                  <td>{t.languages[tenant.language]}</td>
                  <td>{tenant.timeZone}</td>
                  <td className="num">{t.days(tenant.retentionDays)}</td>
                  <td className="num">{t.contactCount(tenant.contacts.length)}</td>
                  <td className="num">
                    <Age at={tenant.createdAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {adding && <AddTenant onClose={() => setAdding(false)} />}
    </div>
  );
}

function AddTenant({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const [name, setName] = useState('');
  const [ownId, setOwnId] = useState<string | null>(null);
  const [language, setLanguage] = useState<Language>('en');
  const [timeZone, setTimeZone] = useState(Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC');
  const id = ownId ?? slugOf(name);
  const create = useMutation({
    mutationFn: (body: NewTenant) => call<TenantView>('POST', '/api/tenants', body),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['tenants'] });
      // The switcher lists what the session may see.
      void client.invalidateQueries({ queryKey: ['session'] });
      onClose();
      navigate(`/tenants/${id}`);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ id, name: name.trim(), language, timeZone });
  };
  return (
    <Dialog onClose={onClose} title={t.add}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={t.name}
          required
          maxLength={200}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          label={t.id}
          hint={t.idHint}
          error={id !== '' && !isSlug(id) ? t.idWrong : undefined}
          required
          maxLength={64}
          value={id}
          onChange={(event) => setOwnId(event.target.value)}
        />
        <LanguageField value={language} onChange={setLanguage} />
        <TimeZoneField label={t.timeZone} value={timeZone} onChange={setTimeZone} />
        {create.isError && (
          <p className="notice bad" role="alert">
            {messageOf(create.error)} <code>{codeOf(create.error)}</code>
          </p>
        )}
        <div className="row">
          <span className="spring" />
          <button
            type="submit"
            className="btn primary"
            disabled={create.isPending || !isSlug(id) || name.trim() === ''}
          >
            {t.create}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** The language of a tenant's mails and reports. */
export function LanguageField({
  value,
  onChange,
}: {
  value: Language;
  onChange: (language: Language) => void;
}) {
  return (
    <SelectField
      label={t.language}
      value={value}
      onChange={(event) => onChange(event.target.value as Language)}
    >
      {Object.entries(t.languages).map(([code, name]) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </SelectField>
  );
}
