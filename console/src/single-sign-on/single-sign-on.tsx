import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { SignInSettings, SsoConnectionView } from '../api/types.ts';
import { About, PageTitle } from '../plain/plain.tsx';
import { useSession } from '../session.ts';
import { SelectField } from '../ui/fields.tsx';
import { Icon } from '../ui/icons.tsx';
import { ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import { Toggle } from '../ui/toggle.tsx';
import { useUrl } from '../url.ts';
import { ConnectionForm } from './connection-form.tsx';
import { ConnectionRow } from './connection-row.tsx';
import css from './single-sign-on.module.css';
import { t } from './strings.ts';

/** How the people of a client, or of the provider, sign in. */
export default function SingleSignOn() {
  const session = useSession();
  const { params, patch } = useUrl();
  const asked = params.get('of') ?? undefined;
  const first = session.provider ? undefined : session.tenants[0]?.id;
  const tenant = session.tenants.some(({ id }) => id === asked) ? asked : first;
  const query = useQuery({
    ...queries.signInSettings(tenant),
    enabled: session.provider || tenant !== undefined,
  });
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle path="/single-sign-on">{t.title}</PageTitle>
      </div>
      <About path="/single-sign-on" />
      <div className={css.sections}>
        <div className={css.whose}>
          <SelectField
            label={t.whose}
            value={tenant ?? ''}
            onChange={(event) => patch({ of: event.currentTarget.value || undefined }, 'push')}
          >
            {session.provider && <option value="">{t.provider}</option>}
            {session.tenants.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </SelectField>
        </div>
        {query.isPending && <SkeletonRows rows={4} />}
        {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
        {query.isSuccess && <Settings key={tenant ?? ''} settings={query.data} />}
      </div>
    </div>
  );
}

function Settings({ settings }: { settings: SignInSettings }) {
  const client = useQueryClient();
  const { tenant } = settings;
  const [editing, setEditing] = useState<SsoConnectionView | 'new' | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: ['sign-in-settings'] });
  const require = useMutation({
    mutationFn: (secondFactor: boolean) =>
      call<void>('PUT', '/api/sign-in-settings', { tenant, secondFactor }),
    onError: (error) => toast(messageOf(error), 'bad'),
    onSettled: refresh,
  });
  return (
    <>
      <section className={css.section} aria-labelledby="factor">
        <div className={css.head}>
          <h2 id="factor">{t.secondFactor}</h2>
          <Toggle
            label={t.requireFactor}
            checked={require.isPending ? require.variables : settings.secondFactor}
            disabled={require.isPending}
            onChange={(on) => require.mutate(on)}
          />
        </div>
        <p className="small">{settings.secondFactor ? t.factorOn : t.factorOff}</p>
      </section>
      <section className={css.section} aria-labelledby="connections">
        <div className={css.head}>
          <h2 id="connections">{t.connections}</h2>
          <button type="button" className="btn" onClick={() => setEditing('new')}>
            <Icon name="plus" size={13} /> {t.add}
          </button>
        </div>
        <p className="small muted">{t.connectionsText}</p>
        {settings.connections.length === 0 && <p className="small">{t.none}</p>}
        <ul className={css.list}>
          {settings.connections.map((connection) => (
            <ConnectionRow
              key={connection.id}
              connection={connection}
              onEdit={() => setEditing(connection)}
              onChanged={() => void refresh()}
            />
          ))}
        </ul>
      </section>
      {editing !== null && (
        <ConnectionForm
          settings={settings}
          before={editing === 'new' ? null : editing}
          onClose={() => {
            setEditing(null);
            void refresh();
          }}
        />
      )}
    </>
  );
}
