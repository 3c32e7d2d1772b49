import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { NewSource, SourceSecret, SourceView } from '../api/types.ts';
import { useScope, useSession } from '../session.ts';
import { ListField, ProposalField, TimeZoneField } from '../ui/choices.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { isSlug, SelectField, slugOf, TextField } from '../ui/fields.tsx';
import { codeOf, messageOf } from '../ui/states.tsx';
import { SecretView } from './secret-view.tsx';
import css from './sources.module.css';
import { t } from './strings.ts';
import { TECHNOLOGIES } from './technologies.ts';

interface Made {
  readonly source: SourceView;
  readonly secret: SourceSecret;
}

/** Two steps: what it is, then the token and the lines to paste, watching for the first line. */
export function AddSource({ onClose }: { onClose: () => void }) {
  const [made, setMade] = useState<Made | null>(null);
  return (
    <Dialog
      onClose={onClose}
      title={made === null ? t.wizardTitle : t.created}
      width={made === null ? 520 : 720}
    >
      {made === null ? <Form onMade={setMade} /> : <Ready made={made} onClose={onClose} />}
    </Dialog>
  );
}

function Form({ onMade }: { onMade: (made: Made) => void }) {
  const client = useQueryClient();
  const { tenants } = useSession();
  const scope = useScope();
  const [tenant, setTenant] = useState(scope.tenant ?? tenants[0]?.id ?? '');
  const [name, setName] = useState('');
  const [ownId, setOwnId] = useState<string | null>(null);
  const [type, setType] = useState('');
  const [timeZone, setTimeZone] = useState('UTC');
  const [addresses, setAddresses] = useState<string[]>([]);
  const id = ownId ?? slugOf(name);
  const create = useMutation({
    mutationFn: (body: NewSource) => call<Made>('POST', '/api/sources', body),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ['sources'] });
      onMade(made);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({
      tenant,
      id,
      name: name.trim(),
      type: type.trim() === '' ? null : type.trim(),
      timeZone,
      addresses,
    });
  };
  if (tenants.length === 0)
    return (
      <p>
        {t.noTenant} <Link href="/tenants">{t.toTenants}</Link>
      </p>
    );
  return (
    <form className="stack" onSubmit={submit}>
      <SelectField label={t.tenant} value={tenant} onChange={(event) => setTenant(event.target.value)}>
        {tenants.map((each) => (
          <option key={each.id} value={each.id}>
            {each.name}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t.name}
        hint={t.nameHint}
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
      <ProposalField
        label={t.type}
        hint={t.typeHint}
        placeholder={t.typePlaceholder}
        proposals={TECHNOLOGIES}
        value={type}
        onChange={setType}
      />
      <ListField
        label={t.addresses}
        hint={t.addressesHint}
        placeholder={addresses.length === 0 ? '10.20.0.1, 10.20.9.0/24' : ''}
        value={addresses}
        onChange={setAddresses}
      />
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
          disabled={create.isPending || !isSlug(id) || name.trim() === '' || tenant === ''}
        >
          {t.create}
        </button>
      </div>
    </form>
  );
}

function Ready({ made, onClose }: { made: Made; onClose: () => void }) {
  const { source, secret } = made;
  const live = useQuery({ ...queries.source(source.tenant, source.id), refetchInterval: 2000 });
  const arrived = live.data !== undefined && live.data.health.lastSeenAt !== null;
  return (
    <div className="stack">
      <SecretView secret={secret} />
      <div className={css.waiting} data-arrived={arrived || undefined} role="status">
        <span>{arrived ? t.firstArrived : t.waitingFirst}</span>
        {arrived && <Link href={`/events?tenant=${source.tenant}&range=15m`}>{t.seeEvents}</Link>}
        <span className="spring" />
        <button type="button" className="btn" onClick={onClose}>
          {t.done}
        </button>
      </div>
    </div>
  );
}
