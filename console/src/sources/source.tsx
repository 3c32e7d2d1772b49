import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { ApiFailure, call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { SourcePatch, SourceSecret, SourceView } from '../api/types.ts';
import { scoped, useMay, useTenantName } from '../session.ts';
import { ListField, ProposalField, TimeZoneField } from '../ui/choices.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/fields.tsx';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Sparkline } from '../ui/sparkline.tsx';
import { Empty, ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { Age, At } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { Toggle } from '../ui/toggle.tsx';
import { Connector } from './connector.tsx';
import { countText, LastSeen, rateText } from './health.tsx';
import { visible } from './quarantine.tsx';
import { SecretView } from './secret-view.tsx';
import css from './sources.module.css';
import { Drops } from './sources.tsx';
import { t } from './strings.ts';
import { TECHNOLOGIES } from './technologies.ts';
import { Watch } from './watch.tsx';
import { WindowsForwarding } from './wef.tsx';

/** One source: health, what it could not parse, settings, token. */
export default function SourcePage() {
  const { tenant, id } = useParams<{ tenant: string; id: string }>();
  const query = useQuery(queries.source(tenant, id));
  useTitle(query.data?.name ?? id);
  return (
    <div className="page">
      <p className={css.back}>
        <Link href={scoped('/sources')}>
          <Icon name="back" size={12} /> {t.title}
        </Link>
      </p>
      {query.data !== undefined ? (
        <Source source={query.data} />
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

function Source({ source }: { source: SourceView }) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const nameOf = useTenantName();
  const mayEdit = useMay('sources.manage');
  const mayMap = useMay('mappings.write');
  const [asking, setAsking] = useState<'rotate' | 'remove' | null>(null);
  const [secret, setSecret] = useState<SourceSecret | null>(null);
  const path = `/api/sources/${source.tenant}/${source.id}`;
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ['source', source.tenant, source.id] });
    void client.invalidateQueries({ queryKey: ['sources'] });
  };
  const onError = (error: unknown) => toast(messageOf(error), 'bad');
  const change = useMutation({
    mutationFn: (body: SourcePatch) => call<SourceView>('PATCH', path, body),
    onSuccess: () => toast(ui.saved),
    onError,
    onSettled: refresh,
  });
  const rotate = useMutation({
    mutationFn: () => call<SourceSecret>('POST', `${path}/token`),
    onSuccess: setSecret,
    onError,
  });
  const remove = useMutation({
    mutationFn: () => call<void>('DELETE', path),
    onSuccess: () => {
      toast(t.removed);
      refresh();
      navigate(scoped('/sources'));
    },
    onError,
  });
  const { health } = source;
  return (
    <>
      <div className="page-head">
        <h1>{source.name}</h1>
        <span className="count">{nameOf(source.tenant)}</span>
        <span className="spring" />
        <Link
          className="btn"
          href={`/events?tenant=${source.tenant}&q=${encodeURIComponent(technologyQuery(source))}`}
        >
          {t.events}
        </Link>
        {mayMap && (
          <Link className="btn" href={`/mappings/new?source=${source.tenant}/${source.id}`}>
            {t.map}
          </Link>
        )}
        {mayEdit && (
          <>
            <button type="button" className="btn" onClick={() => setAsking('rotate')}>
              {t.rotate}
            </button>
            <button type="button" className="btn danger" onClick={() => setAsking('remove')}>
              {t.remove}
            </button>
          </>
        )}
      </div>
      <div className={css.columns}>
        <div className="stack">
          <section>
            <h2>{t.health}</h2>
            <div className={css.chart}>
              <Sparkline values={health.recent} label={t.sparkline(source.name)} width={560} height={72} />
            </div>
            <dl className="facts">
              <dt>{t.rateNow}</dt>
              <dd>{rateText(health.rate)}</dd>
              <dt>{t.lastSeen}</dt>
              <dd>
                <LastSeen source={source} />
              </dd>
              <dt>{t.columns.day}</dt>
              <dd>{countText(health.events24h)}</dd>
              <dt>{t.columns.failures}</dt>
              <dd>{countText(health.parseFailures24h)}</dd>
              <dt>{t.columns.technologies}</dt>
              <dd>
                {health.technologies.length === 0 && <span className="muted">{t.none}</span>}
                {health.technologies.map((each) => (
                  <div key={each.dataset}>
                    {each.dataset} <span className="muted">{countText(each.events)}</span>
                  </div>
                ))}
              </dd>
              <dt>{t.columns.drops}</dt>
              <dd>
                <Drops drops={health.drops} />
              </dd>
            </dl>
          </section>
          <Watch source={source} />
          <Connector source={source} />
          <WindowsForwarding source={source} />
          <Failures source={source} />
        </div>
        {mayEdit && (
          <section>
            <h2>{t.edit}</h2>
            <Settings
              // What is changed elsewhere on the page must not be undone by saving this.
              key={`${source.id} ${source.addresses.join(' ')}`}
              source={source}
              onSave={(body) => change.mutate(body)}
              busy={change.isPending}
            />
          </section>
        )}
      </div>
      {asking === 'rotate' && (
        <Confirm
          title={t.rotateTitle}
          text={t.rotateText}
          action={t.rotate}
          onCancel={() => setAsking(null)}
          onConfirm={() => {
            setAsking(null);
            rotate.mutate();
          }}
        />
      )}
      {asking === 'remove' && (
        <Confirm
          title={t.removeTitle}
          text={t.removeText}
          action={t.remove}
          onCancel={() => setAsking(null)}
          onConfirm={() => {
            setAsking(null);
            remove.mutate();
          }}
        />
      )}
      {secret !== null && (
        <Dialog onClose={() => setSecret(null)} title={t.token} width={720}>
          <div className="stack">
            <SecretView secret={secret} />
          </div>
        </Dialog>
      )}
    </>
  );
}

function technologyQuery(source: SourceView): string {
  const names = source.health.technologies.map((each) => `event.dataset:${each.dataset}`);
  return names.length > 1 ? `(${names.join(' or ')})` : (names[0] ?? '');
}

function Failures({ source }: { source: SourceView }) {
  const query = useQuery(queries.failures(source.tenant, source.id));
  return (
    <section>
      <h2>{t.failures}</h2>
      {query.isError && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.items.length === 0 && <p className="muted small">{t.noFailures}</p>}
      <ul className={css.failures}>
        {query.data?.items.map((failure) => (
          <li key={`${failure.at} ${failure.text}`}>
            <p className="small">
              <strong>{failure.reason}</strong>{' '}
              <span className="muted">
                {failure.dataset} · <At at={failure.at} /> · <Age at={failure.at} suffix />
              </span>
            </p>
            <pre className={css.samples}>{visible(failure.text)}</pre>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Settings({
  source,
  onSave,
  busy,
}: {
  source: SourceView;
  onSave: (body: SourcePatch) => void;
  busy: boolean;
}) {
  const [name, setName] = useState(source.name);
  const [type, setType] = useState(source.type ?? '');
  const [timeZone, setTimeZone] = useState(source.timeZone);
  const [addresses, setAddresses] = useState(source.addresses);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSave({ name: name.trim(), type: type.trim() === '' ? null : type.trim(), timeZone, addresses });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <div className="row">
        <Toggle label={t.enable} checked={source.enabled} onChange={(enabled) => onSave({ enabled })} />
        <span aria-hidden="true">{t.enable}</span>
      </div>
      <TextField
        label={t.name}
        required
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <ProposalField
        label={t.type}
        hint={t.typeHint}
        placeholder={t.typePlaceholder}
        proposals={TECHNOLOGIES}
        value={type}
        onChange={setType}
      />
      <ListField label={t.addresses} hint={t.addressesHint} value={addresses} onChange={setAddresses} />
      <TimeZoneField label={t.timeZone} value={timeZone} onChange={setTimeZone} />
      <div className="row">
        <button type="submit" className="btn primary" disabled={busy || name.trim() === ''}>
          {ui.save}
        </button>
      </div>
    </form>
  );
}
