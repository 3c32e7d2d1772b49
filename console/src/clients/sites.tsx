import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Site, SiteList } from '@vigie/contracts/api';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import { useMay } from '../session.ts';
import { ManyField } from '../ui/choices.tsx';
import { TextField, timeZones } from '../ui/fields.tsx';
import { Icon } from '../ui/icons.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { ui } from '../ui/strings.ts';
import { toast } from '../ui/toaster.tsx';
import css from './clients.module.css';
import { Lines, WEEKDAYS } from './hours.tsx';
import { clientQueries } from './queries.ts';
import { SaveBar } from './saving.tsx';
import { readSpans, spansText } from './spans.ts';
import { t } from './strings.ts';

/** A client's places. */
export default function Sites({ tenant }: { tenant: string }) {
  const query = useQuery(clientQueries.sites(tenant));
  return query.data !== undefined ? (
    <Editor key={JSON.stringify(query.data)} tenant={tenant} stored={query.data} />
  ) : query.isError ? (
    <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  ) : (
    <SkeletonRows rows={4} />
  );
}

function Editor({ tenant, stored }: { tenant: string; stored: SiteList }) {
  const client = useQueryClient();
  const mayEdit = useMay('tenants.settings');
  const [sites, setSites] = useState<readonly Site[]>(stored.items);
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const save = useMutation({
    mutationFn: (items: readonly Site[]) => call<SiteList>('PUT', `/api/tenants/${tenant}/sites`, { items }),
    onSuccess: (saved) => {
      client.setQueryData(clientQueries.sites(tenant).queryKey, saved);
      toast(ui.saved);
    },
  });
  const add = () => {
    const taken = new Set(sites.map(({ id }) => id));
    let number = sites.length + 1;
    while (taken.has(`site-${number}`)) number++;
    const blank = {
      id: `site-${number}`,
      name: '',
      address: '',
      timeZone: null,
      businessHours: null,
      watchedSince: null,
      members: [],
    };
    setSites([...sites, blank]);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(sites);
  };
  return (
    <form onSubmit={submit} data-testid="sites-form">
      <fieldset className={css.form} disabled={!mayEdit}>
        {sites.length === 0 && <p className="muted">{t.noSites}</p>}
        <div>
          {sites.map((site) => (
            <SiteFields
              key={site.id}
              tenant={tenant}
              site={site}
              onValid={(valid) =>
                setWrong(valid ? wrong.filter((id) => id !== site.id) : [...wrong, site.id])
              }
              elsewhere={sites.filter((each) => each !== site).flatMap(({ members }) => members)}
              onChange={(next) => setSites(sites.map((each) => (each.id === site.id ? next : each)))}
              onRemove={() => setSites(sites.filter((each) => each.id !== site.id))}
            />
          ))}
        </div>
        {mayEdit && (
          <div className="row">
            <button type="button" className="btn" onClick={add}>
              <Icon name="plus" size={13} /> {t.addSite}
            </button>
          </div>
        )}
        <SaveBar
          dirty={JSON.stringify(sites) !== JSON.stringify(stored.items)}
          valid={sites.every(
            ({ id, name, members }) =>
              name.trim() !== '' &&
              !wrong.includes(id) &&
              members.every((member) => member.kind !== 'network' || isNetwork(member.name)),
          )}
          mayEdit={mayEdit}
          save={save}
        />
      </fieldset>
    </form>
  );
}

function SiteFields(props: {
  tenant: string;
  site: Site;
  elsewhere: Site['members'];
  onValid: (valid: boolean) => void;
  onChange: (site: Site) => void;
  onRemove: () => void;
}) {
  const { site, onChange } = props;
  const sources = useQuery(queries.sources(props.tenant)).data?.items ?? [];
  const others = new Set(props.elsewhere.map(({ kind, name }) => `${kind} ${name}`));
  const of = (kind: Site['members'][number]['kind']) =>
    site.members.filter((member) => member.kind === kind).map(({ name }) => name);
  const [hosts, setHosts] = useState(of('host').join('\n'));
  const networks = of('network');
  const [networkText, setNetworkText] = useState(networks.join('\n'));
  const setMembers = (kind: Site['members'][number]['kind'], names: readonly string[]) =>
    onChange({
      ...site,
      members: [
        ...site.members.filter((member) => member.kind !== kind),
        ...[...new Set(names)].map((name) => ({ kind, name })),
      ],
    });
  return (
    <section className={css.site} aria-label={site.name} data-testid="site">
      <div className={css.pair}>
        <TextField
          label={t.siteName}
          required
          maxLength={200}
          value={site.name}
          onChange={(event) => onChange({ ...site, name: event.target.value })}
        />
        <TextField
          label={t.address}
          maxLength={1000}
          value={site.address}
          onChange={(event) => onChange({ ...site, address: event.target.value })}
        />
        <TextField
          label={t.since}
          type="date"
          value={site.watchedSince ?? ''}
          onChange={(event) =>
            onChange({ ...site, watchedSince: event.target.value === '' ? null : event.target.value })
          }
        />
        <TextField
          label={t.siteZone}
          list="site-zones"
          value={site.timeZone ?? ''}
          onChange={(event) =>
            onChange({ ...site, timeZone: event.target.value === '' ? null : event.target.value })
          }
        />
        <datalist id="site-zones">
          {timeZones().map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </div>
      <SiteHours
        hours={site.businessHours}
        onChange={(businessHours) => onChange({ ...site, businessHours })}
        onValid={props.onValid}
      />
      {sources.length > 0 && (
        <ManyField
          label={t.sourcesOf}
          choices={sources
            .filter(({ id }) => !others.has(`source ${id}`))
            .map(({ id, name }) => ({ value: id, label: name }))}
          value={of('source')}
          onChange={(names) => setMembers('source', names)}
        />
      )}
      <Lines
        label={t.assetsOf}
        value={hosts}
        onChange={(text) => {
          setHosts(text);
          setMembers('host', linesOf(text));
        }}
      />
      <Lines
        label={t.networksOf}
        error={networks.every(isNetwork) ? undefined : t.networksWrong}
        value={networkText}
        onChange={(text) => {
          setNetworkText(text);
          setMembers('network', linesOf(text));
        }}
      />
      <p className="hint">{t.placeOrder}</p>
      <div className="row">
        <button
          type="button"
          className="btn small quiet"
          aria-label={t.removeSite(site.name)}
          onClick={props.onRemove}
        >
          <Icon name="close" size={12} /> {t.removeSite(site.name)}
        </button>
      </div>
    </section>
  );
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim().toLowerCase())
    .filter((line) => line !== '');
}

/** Whether a line may be a network in CIDR notation; the server knows for certain. */
function isNetwork(line: string): boolean {
  return /^(?:\d{1,3}(?:\.\d{1,3}){3}\/(?:\d|[12]\d|3[0-2])|[\da-f:]*:[\da-f:.]*\/\d{1,3})$/.test(line);
}

/** Hours of the site's own; all empty: the tenant's. */
function SiteHours(props: {
  hours: Site['businessHours'];
  onChange: (hours: Site['businessHours']) => void;
  onValid: (valid: boolean) => void;
}) {
  // The text is the person's own while they write.
  const [days, setDays] = useState(() => WEEKDAYS.map((_, index) => spansText(props.hours?.[index] ?? [])));
  const write = (index: number, text: string) => {
    const next = days.map((each, at) => (at === index ? text : each));
    setDays(next);
    const spans = next.map(readSpans);
    const valid = spans.every((day) => day !== undefined);
    props.onValid(valid);
    if (!valid) return;
    const hours = spans.map((day) => day ?? []);
    props.onChange(hours.every((day) => day.length === 0) ? null : hours);
  };
  return (
    <details open={props.hours !== null || undefined}>
      <summary>{t.siteHours}</summary>
      <p className="hint">{t.siteHoursHint}</p>
      <div className={css.pair}>
        {WEEKDAYS.map((name, index) => (
          <TextField
            key={name}
            label={name}
            spellCheck={false}
            error={readSpans(days[index] ?? '') === undefined ? t.hoursWrong : undefined}
            value={days[index]}
            onChange={(event) => write(index, event.target.value)}
          />
        ))}
      </div>
    </details>
  );
}
