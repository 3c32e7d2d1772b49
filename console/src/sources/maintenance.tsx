import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { MaintenanceView, NewMaintenance, SourceView } from '../api/types.ts';
import { useMay, useTenantName } from '../session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/fields.tsx';
import { messageOf } from '../ui/states.tsx';
import { At } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import css from './watch.module.css';
import { w } from './watch-strings.ts';

/** Planned maintenance of the sources in view. */
export function Maintenance({
  sources,
  tenant,
}: {
  sources: readonly SourceView[];
  tenant: string | undefined;
}) {
  const query = useQuery(queries.maintenance(tenant));
  const client = useQueryClient();
  const nameOf = useTenantName();
  const mayPlan = useMay('sources.operate');
  const [planning, setPlanning] = useState(false);
  const end = useMutation({
    mutationFn: (id: string) => call<MaintenanceView>('POST', `/api/maintenance/${id}/end`),
    onSuccess: () => toast(w.ended),
    onError: (error) => toast(messageOf(error), 'bad'),
    onSettled: () => void client.invalidateQueries({ queryKey: ['maintenance'] }),
  });
  const items = query.data?.items ?? [];
  if (sources.length === 0 || (items.length === 0 && !mayPlan)) return null;
  return (
    <section className={css.maintenance}>
      <div className="row">
        <h2>{w.maintenance}</h2>
        <span className="spring" />
        {mayPlan && (
          <button type="button" className="btn" onClick={() => setPlanning(true)}>
            {w.plan}
          </button>
        )}
      </div>
      <p className="hint">{w.maintenanceText}</p>
      <ul className={css.past}>
        {items.map((one) => (
          <li key={one.id} className={css.window} data-testid="maintenance-row">
            <span>
              <strong>
                {nameOf(one.tenant)} / {one.source ?? w.allSources}
              </strong>{' '}
              {one.active && <span className={css.now}>{w.now}</span>} <When when={one.when} />
              <span className="hint">
                {one.reason} · {w.by} {one.createdBy}
              </span>
            </span>
            {mayPlan && (
              <button
                type="button"
                className="btn"
                onClick={() => end.mutate(one.id)}
                disabled={end.isPending}
              >
                {w.end}
              </button>
            )}
          </li>
        ))}
      </ul>
      {planning && <Plan sources={sources} onClose={() => setPlanning(false)} />}
    </section>
  );
}

function When({ when }: { when: MaintenanceView['when'] }) {
  if (when.kind === 'once')
    return (
      <>
        <At at={when.from} /> – <At at={when.to} />
      </>
    );
  const days = when.days.map((day) => w.dayNames[day - 1]).join(', ');
  return w.every(days, when.from, when.to, when.timeZone);
}

function Plan({ sources, onClose }: { sources: readonly SourceView[]; onClose: () => void }) {
  const client = useQueryClient();
  const nameOf = useTenantName();
  const [of, setOf] = useState(`${sources[0]?.tenant ?? ''}/`);
  const [kind, setKind] = useState<'once' | 'weekly'>('once');
  const [from, setFrom] = useState(localInput(Date.now()));
  const [to, setTo] = useState(localInput(Date.now() + 2 * 3_600_000));
  const [times, setTimes] = useState({ from: '22:00', to: '02:00' });
  const [days, setDays] = useState<readonly number[]>([7]);
  const [reason, setReason] = useState('');
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const send = useMutation({
    mutationFn: (body: NewMaintenance) => call<MaintenanceView>('POST', '/api/maintenance', body),
    onSuccess: () => {
      toast(w.planned);
      void client.invalidateQueries({ queryKey: ['maintenance'] });
      onClose();
    },
    onError: (error) => toast(messageOf(error), 'bad'),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const [tenant = '', source = ''] = of.split('/');
    send.mutate({
      tenant,
      source: source === '' ? null : source,
      reason,
      when:
        kind === 'once'
          ? { kind, from: new Date(from).getTime(), to: new Date(to).getTime() }
          : { kind, days: [...days], ...times, timeZone: zone },
    });
  };
  const tenants = [...new Set(sources.map(({ tenant }) => tenant))];
  return (
    <Dialog title={w.plan} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <SelectField label={w.of} value={of} onChange={(event) => setOf(event.target.value)}>
          {tenants.map((tenant) => (
            <optgroup key={tenant} label={nameOf(tenant)}>
              <option value={`${tenant}/`}>{`${nameOf(tenant)}: ${w.allSources}`}</option>
              {sources
                .filter((source) => source.tenant === tenant)
                .map((source) => (
                  <option key={source.id} value={`${tenant}/${source.id}`}>
                    {source.name}
                  </option>
                ))}
            </optgroup>
          ))}
        </SelectField>
        <SelectField
          label={w.repeats}
          value={kind}
          onChange={(event) => setKind(event.target.value === 'weekly' ? 'weekly' : 'once')}
        >
          <option value="once">{w.once}</option>
          <option value="weekly">{w.weekly}</option>
        </SelectField>
        {kind === 'once' ? (
          <>
            <TextField
              label={w.from}
              type="datetime-local"
              required
              value={from}
              onChange={(event) => setFrom(event.target.value)}
            />
            <TextField
              label={w.to}
              type="datetime-local"
              required
              value={to}
              onChange={(event) => setTo(event.target.value)}
            />
          </>
        ) : (
          <>
            <fieldset className={css.days}>
              <legend>{w.days}</legend>
              {w.dayNames.map((name, index) => (
                <label key={name}>
                  <input
                    type="checkbox"
                    checked={days.includes(index + 1)}
                    onChange={(event) =>
                      setDays(
                        event.target.checked
                          ? [...days, index + 1].sort((a, b) => a - b)
                          : days.filter((day) => day !== index + 1),
                      )
                    }
                  />{' '}
                  {name}
                </label>
              ))}
            </fieldset>
            <TextField
              label={w.from}
              type="time"
              required
              value={times.from}
              onChange={(event) => setTimes({ ...times, from: event.target.value })}
            />
            <TextField
              label={w.to}
              type="time"
              required
              hint={`${w.zone}: ${zone}`}
              value={times.to}
              onChange={(event) => setTimes({ ...times, to: event.target.value })}
            />
          </>
        )}
        <TextField
          label={w.reason}
          required
          minLength={3}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <div className="row">
          <span className="spring" />
          <button
            type="submit"
            className="btn primary"
            disabled={send.isPending || (kind === 'weekly' && days.length === 0)}
          >
            {w.plan}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** An instant as a `datetime-local` field takes it. */
function localInput(at: number): string {
  const date = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16);
}
