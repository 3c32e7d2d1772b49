import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { SourceAlertView, SourceHealthView, SourceView } from '../api/types.ts';
import { useMay } from '../session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { duration } from '../ui/time.ts';
import { Age, At } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { countText, rateText } from './health.tsx';
import { visible } from './quarantine.tsx';
import css from './watch.module.css';
import { w } from './watch-strings.ts';
import { WeekChart } from './week-chart.tsx';

/** A source against its own usual: its week, its delays, its clock, what is unusual, what is new. */
export function Watch({ source }: { source: SourceView }) {
  const query = useQuery(queries.sourceHealth(source.tenant, source.id));
  if (query.isPending) return <SkeletonRows rows={5} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const { data } = query;
  const open = data.alerts.filter(({ state }) => state === 'open');
  const past = data.alerts.filter(({ state }) => state !== 'open');
  return (
    <>
      {open.length > 0 && (
        <section>
          <h2>{w.unusual}</h2>
          <ul className={css.alerts}>
            {open.map((alert) => (
              <Alert key={alert.id} alert={alert} />
            ))}
          </ul>
        </section>
      )}
      <section>
        <h2>{w.week}</h2>
        <WeekChart hours={data.hours} name={source.name} />
        <p className="hint">
          {w.weekHint} {data.days < 7 ? w.learning(data.days) : w.learnt(data.days)}.
        </p>
        <Facts data={data} />
      </section>
      {data.newKinds.length > 0 && (
        <section>
          <h2>{w.newKinds}</h2>
          <p className="hint">{w.newKindsText}</p>
          <ul className={css.newKinds}>
            {data.newKinds.map((kind) => (
              <li key={`${kind.dataset} ${kind.action} ${kind.code}`}>
                <p className="small">
                  <strong>{[kind.action, kind.code].filter(Boolean).join(' · ') || kind.dataset}</strong>{' '}
                  <span className="muted">
                    {kind.dataset} · <Age at={kind.firstAt} suffix />
                  </span>
                </p>
                <pre className={css.example}>{visible(kind.example)}</pre>
              </li>
            ))}
          </ul>
        </section>
      )}
      {past.length > 0 && (
        <section>
          <h2>{w.history}</h2>
          <ul className={css.past}>
            {past.slice(0, 20).map((alert) => (
              <li key={alert.id}>
                <strong>{w.kinds[alert.kind]}</strong> <At at={alert.since} />{' '}
                <span className="muted">
                  {w.until} <At at={alert.recoveredAt} /> · {w.states[alert.state]}
                  {alert.flaps > 0 && ` · ${w.flaps(alert.flaps)}`}
                  {alert.acknowledged !== null && ` · ${w.acknowledged(alert.acknowledged.by)}`}
                </span>
                {alert.acknowledged?.note && <div className="hint">{alert.acknowledged.note}</div>}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Facts({ data }: { data: SourceHealthView }) {
  return (
    <dl className="facts">
      {data.usualRate !== null && (
        <>
          <dt>{w.usualNow}</dt>
          <dd>{rateText(data.usualRate)}</dd>
        </>
      )}
      {data.patienceMs !== null && (
        <>
          <dt>{w.patience}</dt>
          <dd>{w.patienceText(duration(data.patienceMs))}</dd>
        </>
      )}
      {data.delay !== null && (
        <>
          <dt>{w.delay}</dt>
          <dd>{w.delayText(span(data.delay.p50), span(data.delay.p95))}</dd>
        </>
      )}
      <dt>{w.clock}</dt>
      <dd>{data.clock === null ? w.clockFine : <span className={css.warn}>{data.clock.message}</span>}</dd>
      <dt>{w.kindsSeen}</dt>
      <dd>{countText(data.kinds)}</dd>
      {data.unrecognised + data.partial > 0 && (
        <>
          <dt>{w.unknownLabel}</dt>
          <dd>{w.unknown(countText(data.unrecognised), countText(data.partial))}</dd>
        </>
      )}
    </dl>
  );
}

/** A delay, to the tenth of a second where that is what there is. */
function span(milliseconds: number): string {
  const text =
    Math.abs(milliseconds) < 60_000
      ? `${(Math.abs(milliseconds) / 1000).toFixed(1)} s`
      : duration(Math.abs(milliseconds));
  return milliseconds < 0 ? `−${text}` : text;
}

function Alert({ alert }: { alert: SourceAlertView }) {
  const mayAcknowledge = useMay('sources.operate');
  const [asking, setAsking] = useState(false);
  return (
    <li className="notice warn" data-testid="source-alert">
      <strong>{w.kinds[alert.kind]}</strong>: {alert.message}
      <div className="hint">
        {w.since} <At at={alert.since} /> · <Age at={alert.since} suffix />
        {alert.flaps > 0 && ` · ${w.flaps(alert.flaps)}`}
        {alert.acknowledged !== null && ` · ${w.acknowledged(alert.acknowledged.by)}`}
      </div>
      {alert.acknowledged?.note && <p className="small">{alert.acknowledged.note}</p>}
      {mayAcknowledge && (
        <button type="button" className="btn" onClick={() => setAsking(true)}>
          {w.acknowledge}
        </button>
      )}
      {asking && <Acknowledge alert={alert} onClose={() => setAsking(false)} />}
    </li>
  );
}

function Acknowledge({ alert, onClose }: { alert: SourceAlertView; onClose: () => void }) {
  const client = useQueryClient();
  const [note, setNote] = useState('');
  const [usual, setUsual] = useState(false);
  const send = useMutation({
    mutationFn: () =>
      call<SourceAlertView>('POST', `/api/source-alerts/${alert.id}/acknowledge`, { note, usual }),
    onSuccess: () => {
      toast(w.done);
      onClose();
    },
    onError: (error) => toast(messageOf(error), 'bad'),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['source-health', alert.tenant, alert.source] });
      void client.invalidateQueries({ queryKey: ['source', alert.tenant, alert.source] });
      void client.invalidateQueries({ queryKey: ['sources'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <Dialog title={`${w.acknowledgeTitle}: ${w.kinds[alert.kind]}`} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <label className="stack">
          <span>{w.note}</span>
          <textarea
            className="input"
            rows={3}
            maxLength={2000}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
          <span className="hint">{w.noteHint}</span>
        </label>
        <label>
          <input type="checkbox" checked={usual} onChange={(event) => setUsual(event.target.checked)} />{' '}
          {w.usual}
          <span className="hint"> {w.usualHint}</span>
        </label>
        <div className="row">
          <span className="spring" />
          <button type="submit" className="btn primary" disabled={send.isPending}>
            {w.acknowledgeTitle}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
