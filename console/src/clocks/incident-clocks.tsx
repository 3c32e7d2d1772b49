import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CallView, IncidentClocks as Clocks, IncidentStatus } from '@vigie/contracts/api';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { t as words } from '../contacts/strings.ts';
import { useIncidentActions } from '../incidents/actions.ts';
import { useMay } from '../session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { TextField } from '../ui/fields.tsx';
import { LANGUAGE_NAMES } from '../ui/language.ts';
import { messageOf } from '../ui/states.tsx';
import { telephone } from '../ui/telephone.ts';
import { distance } from '../ui/time.ts';
import { At, useNow } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { useClockName } from './clock-name.ts';
import { ClockState, Remaining, Used } from './clock-state.tsx';
import css from './clocks.module.css';
import { clockQueries } from './queries.ts';
import { t } from './strings.ts';

/** The clocks of an incident, what moves them, and who was called. */
export function IncidentClocks({
  incident,
}: {
  incident: { readonly id: number; readonly status: IncidentStatus };
}) {
  const { data } = useQuery(clockQueries.ofIncident(incident.id));
  const mayAct = useMay('incidents.handle');
  const ours = useMay('comments.internal');
  const actions = useIncidentActions();
  const [telling, setTelling] = useState(false);
  if (data === undefined) return null;
  const change = (status: IncidentStatus) => void actions.change(incident.id, { status });
  const open = incident.status !== 'closed';
  const tells = data.clocks.some(
    ({ kind, stoppedAt, state }) => kind === 'notify' && stoppedAt === null && state !== 'cancelled',
  );
  return (
    <section className={css.panel} aria-labelledby="clocks" data-testid="incident-clocks">
      <h2 id="clocks">{t.clocks}</h2>
      {data.clocks.length === 0 ? (
        <p className="hint">{data.contract !== null ? t.noClocks : ours ? t.noContract : t.noContractYou}</p>
      ) : (
        <>
          <ul className={css.list}>
            {data.clocks.map((clock) => (
              <li key={clock.kind} className={css.clock} data-testid={`clock-${clock.kind}`}>
                <div className={css.line}>
                  <span>{t.kind[clock.kind] ?? clock.kind}</span>
                  <ClockState state={clock.state} />
                </div>
                <Used clock={clock} />
                <div className={css.line}>
                  <Remaining clock={clock} />
                  <span className="hint">
                    {clock.hours === 'business' && `${t.businessHours} · `}
                    {clock.pauses.length > 0 &&
                      `${t.pauses(clock.pauses.length)} · ${t.withPauses(distance(clock.usedWithPausesMs))}`}
                  </span>
                </div>
              </li>
            ))}
          </ul>
          <p className="hint">{t.contract(data.clocks[0]?.basis ?? '')}</p>
        </>
      )}
      {mayAct && open && (
        <div className={css.actions}>
          {incident.status === 'waiting-for-client' ? (
            <button type="button" className="btn small" onClick={() => change('in-progress')}>
              {t.answered}
            </button>
          ) : (
            <button
              type="button"
              className="btn small"
              title={t.waitHint}
              onClick={() => change('waiting-for-client')}
            >
              {t.wait}
            </button>
          )}
          {incident.status !== 'contained' && (
            <button type="button" className="btn small" onClick={() => change('contained')}>
              {t.contained}
            </button>
          )}
          {tells && (
            <button type="button" className="btn small" onClick={() => setTelling(true)}>
              {t.toldClient}
            </button>
          )}
        </div>
      )}
      {data.calls.length > 0 && <Calls incident={incident.id} data={data} mayAct={mayAct} />}
      {ours && data.contacts.length > 0 && <Contacts contacts={data.contacts} />}
      {telling && <Told incident={incident.id} onClose={() => setTelling(false)} />}
    </section>
  );
}

function Calls({ incident, data, mayAct }: { incident: number; data: Clocks; mayAct: boolean }) {
  const { calls } = data;
  const client = useQueryClient();
  const now = Math.max(useNow(), Date.now());
  const nameOf = useClockName();
  /** The newest call about a clock that still runs is the one to answer. */
  const asks = (one: CallView) =>
    one.acknowledged === null &&
    calls.find(({ clock }) => clock === one.clock) === one &&
    (data.clocks.find(({ kind }) => kind === one.clock)?.stoppedAt ?? null) === null;
  const take = useMutation({
    mutationFn: (id: string) => call<Clocks>('POST', `/api/incidents/${incident}/calls/${id}/acknowledge`),
    onSuccess: (answer) => client.setQueryData(clockQueries.ofIncident(incident).queryKey, answer),
    onError: (error) => toast(messageOf(error), 'bad'),
  });
  return (
    <div>
      <h3>{t.calls}</h3>
      <ul className={css.calls}>
        {calls.slice(0, 5).map((each) => (
          <li key={each.id} data-testid="clock-call">
            <span>
              <At at={each.at} as="clock" /> {nameOf(each.clock)}, {t[each.reason]}:{' '}
              {each.told.length === 0 ? t.nobodyOnCall : t.callText(each.told.join(', '), each.step)}
            </span>
            <span className="hint">
              {each.acknowledged !== null
                ? t.takenBy(each.acknowledged.by)
                : each.nextAt !== null
                  ? t.nextLevel(distance(Math.max(0, each.nextAt - now)))
                  : t.notTaken}
            </span>
            {mayAct && asks(each) && (
              <button
                type="button"
                className="btn small"
                disabled={take.isPending}
                onClick={() => take.mutate(each.id)}
              >
                {t.acknowledge}
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Contacts({ contacts }: { contacts: Clocks['contacts'] }) {
  return (
    <div>
      <h3>{t.callNow}</h3>
      <ol className={css.contacts}>
        {contacts.map((contact) => (
          <li key={contact.email}>
            {contact.name}{' '}
            {contact.phone === null ? (
              <span className="mono">{contact.email}</span>
            ) : (
              <a className="mono" href={telephone(contact.phone)}>
                {contact.phone}
              </a>
            )}
            {(contact.functions.length > 0 || contact.languages.length > 0) && (
              <span className="hint">
                {' '}
                {[
                  ...contact.functions.map((each) => words.whom[each]),
                  ...contact.languages.map((each) => LANGUAGE_NAMES[each]),
                ].join(', ')}
              </span>
            )}
            {!contact.reachable && <span className="hint"> {t.outsideHours}</span>}
          </li>
        ))}
      </ol>
    </div>
  );
}

function Told({ incident, onClose }: { incident: number; onClose: () => void }) {
  const client = useQueryClient();
  const [how, setHow] = useState('');
  const record = useMutation({
    mutationFn: () => call<void>('POST', `/api/incidents/${incident}/clocks/told`, { how }),
    onSuccess: () => {
      toast(t.recorded);
      void client.invalidateQueries({ queryKey: ['incident', incident] });
      onClose();
    },
    onError: (error) => toast(messageOf(error), 'bad'),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    record.mutate();
  };
  return (
    <Dialog title={t.toldTitle} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={t.toldHow}
          placeholder={t.toldPlaceholder}
          required
          minLength={3}
          maxLength={1000}
          value={how}
          onChange={(event) => setHow(event.target.value)}
        />
        <div className="row">
          <span className="spring" />
          <button type="submit" className="btn primary" disabled={how.trim().length < 3 || record.isPending}>
            {t.record}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
