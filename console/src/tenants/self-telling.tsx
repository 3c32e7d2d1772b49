import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { SelfTellingSetup, SelfTellingView } from '@vigie/contracts/api';
import { CONTACT_FUNCTIONS, type ContactFunction } from '@vigie/contracts/contacts.ts';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import type { Level, TenantView } from '../api/types.ts';
import { t as contacts } from '../contacts/strings.ts';
import { useMay } from '../session.ts';
import { SelectField } from '../ui/fields.tsx';
import { ErrorState, messageOf } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { At } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { t } from './strings.ts';
import css from './tenants.module.css';

const LEVELS: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];

const addressOf = (tenant: string) => `/api/tenants/${tenant}/self-telling`;
const queryOf = (tenant: string) =>
  queryOptions({
    queryKey: ['tenant', tenant, 'self-telling'],
    queryFn: ({ signal }) => call<SelfTellingView>('GET', addressOf(tenant), undefined, signal),
  });

/** Whether steps of procedures may send by themselves at a tenant, from which severity on, and to whom. */
export function SelfTelling({ tenant }: { tenant: TenantView }) {
  const query = useQuery(queryOf(tenant.id));
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return null;
  const { allowed } = query.data;
  return <Form key={allowed?.at ?? 0} tenant={tenant} allowed={allowed} />;
}

function Form({ tenant, allowed }: { tenant: TenantView; allowed: SelfTellingView['allowed'] }) {
  const client = useQueryClient();
  const may = useMay('telling.allow');
  const [on, setOn] = useState(allowed !== null);
  const [minLevel, setMinLevel] = useState<Level>(allowed?.minLevel ?? 'critical');
  const [functions, setFunctions] = useState<readonly ContactFunction[]>(allowed?.functions ?? []);
  const wanted: SelfTellingSetup = { allowed: on ? { minLevel, functions: [...functions] } : null };
  const stored: SelfTellingSetup = {
    allowed: allowed && { minLevel: allowed.minLevel, functions: allowed.functions },
  };
  const dirty = JSON.stringify(wanted) !== JSON.stringify(stored);
  const save = useMutation({
    mutationFn: () => call<SelfTellingView>('PUT', addressOf(tenant.id), wanted),
    onSuccess: (saved) => {
      client.setQueryData(queryOf(tenant.id).queryKey, saved);
      toast(ui.saved);
    },
    onError: (error) => toast(messageOf(error), 'bad'),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const toggle = (each: ContactFunction, chosen: boolean) =>
    setFunctions(CONTACT_FUNCTIONS.filter((other) => (other === each ? chosen : functions.includes(other))));
  const has = (each: ContactFunction) => tenant.contacts.some((contact) => contact.functions.includes(each));
  return (
    <form onSubmit={submit} className={css.bySelf} data-testid="self-telling" aria-labelledby="self-telling">
      <h2 id="self-telling">{t.bySelf.title}</h2>
      <p className="small muted">
        {t.bySelf.text} {t.bySelf.noUndo}
      </p>
      <p className="small" data-testid="self-telling-state">
        {allowed === null ? (
          t.bySelf.notAllowed
        ) : (
          <>
            {t.bySelf.allowedBy} <strong>{allowed.by}</strong>, <At at={allowed.at} />
          </>
        )}
      </p>
      <fieldset className={css.bySelfFields} disabled={!may}>
        <label>
          <input type="checkbox" checked={on} onChange={(event) => setOn(event.target.checked)} />{' '}
          {t.bySelf.allow}
        </label>
        {on && (
          <>
            <SelectField
              label={t.bySelf.minLevel}
              value={minLevel}
              onChange={(event) => setMinLevel(event.target.value as Level)}
            >
              {LEVELS.map((level) => (
                <option key={level} value={level}>
                  {ui.level[level]}
                </option>
              ))}
            </SelectField>
            <fieldset className={css.bySelfFields}>
              <legend className="label">{t.bySelf.functions}</legend>
              <div className={css.boxes}>
                {CONTACT_FUNCTIONS.map((each) => (
                  <label key={each}>
                    <input
                      type="checkbox"
                      checked={functions.includes(each)}
                      onChange={(event) => toggle(each, event.target.checked)}
                    />{' '}
                    {contacts.whom[each]}
                    {!has(each) && <span className="hint"> · {t.bySelf.nobody}</span>}
                  </label>
                ))}
              </div>
              {functions.length === 0 && <p className="hint">{t.bySelf.choose}</p>}
            </fieldset>
          </>
        )}
      </fieldset>
      {may && (
        <button
          type="submit"
          className="btn"
          disabled={!dirty || (on && functions.length === 0) || save.isPending}
        >
          {on || allowed === null ? t.bySelf.give : t.bySelf.takeBack}
        </button>
      )}
    </form>
  );
}
