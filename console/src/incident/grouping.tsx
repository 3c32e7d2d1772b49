import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { call } from '../api/client.ts';
import type { AlertView, IncidentView } from '../api/types.ts';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import css from './incident.module.css';
import { t } from './strings.ts';

type Reason = NonNullable<AlertView['reason']>;

/** Terms of a reason with their weights. */
export function Why({ title, reason }: { title: string; reason: Reason }) {
  return (
    <details className={css.more} data-testid="why">
      <summary>{title}</summary>
      <ul>
        {reason.terms.map(({ term, weight, text }) => (
          <li key={`${term} ${text}`}>
            {text}
            {weight !== 0 && <span className="muted"> {weight > 0 ? `+${weight}` : weight}</span>}
          </li>
        ))}
      </ul>
      {reason.total !== 0 && <p className="hint">{t.sum(reason.total, reason.needed)}</p>}
    </details>
  );
}

function useGrouping() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, body }: { path: string; body: object; said: (made: IncidentView) => string }) =>
      call<IncidentView>('POST', `/api/incidents/${path}`, body),
    onSuccess: (made, { said }) => toast(said(made)),
    onError: (error) => toast(messageOf(error), 'bad'),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['incidents'] });
      void client.invalidateQueries({ queryKey: ['incident'] });
    },
  });
}

/** Splitting one alert off, taking it out, or moving it. */
export function AlertGrouping({ incident, alert }: { incident: number; alert: string }) {
  const grouping = useGrouping();
  const [moving, setMoving] = useState(false);
  const run = (what: string, body: object, said: (made: IncidentView) => string) =>
    grouping.mutate({ path: `${incident}/${what}`, body: { alerts: [alert], ...body }, said });
  return (
    <div className="row">
      <button
        type="button"
        className="btn quiet small"
        data-testid="split"
        disabled={grouping.isPending}
        onClick={() => run('split', {}, ({ id }) => t.splitDone(id))}
      >
        {t.split}
      </button>
      <button
        type="button"
        className="btn quiet small"
        data-testid="detach"
        disabled={grouping.isPending}
        onClick={() => run('detach', {}, () => t.detached)}
      >
        {t.detach}
      </button>
      {moving ? (
        <NumberForm
          label={t.move}
          disabled={grouping.isPending}
          onNumber={(to) => run('move', { to }, ({ id }) => t.moved(id))}
        />
      ) : (
        <button type="button" className="btn quiet small" onClick={() => setMoving(true)}>
          {t.move}
        </button>
      )}
    </div>
  );
}

/** Merging another incident into this one, and taking out again what was merged. */
export function IncidentGrouping({ incident, mayAct }: { incident: IncidentView; mayAct: boolean }) {
  const grouping = useGrouping();
  if (incident.mergedInto !== null)
    return (
      <section aria-label={t.grouping}>
        <p>
          <Link href={`/incidents/${incident.mergedInto}`}>{t.wentInto(incident.mergedInto)}</Link>
        </p>
        {mayAct && <TakeOut id={incident.id} grouping={grouping} />}
      </section>
    );
  if (!mayAct) return null;
  return (
    <section aria-label={t.grouping} data-testid="grouping">
      <div className="row">
        <span className="muted">{t.mergeInto}</span>
        <NumberForm
          label={t.merge}
          disabled={grouping.isPending}
          onNumber={(other) =>
            grouping.mutate({
              path: `${incident.id}/merge`,
              body: { incidents: [other] },
              said: () => t.merged,
            })
          }
        />
      </div>
      {incident.merged.map(({ id }) => (
        <TakeOut key={id} id={id} grouping={grouping} />
      ))}
    </section>
  );
}

function TakeOut({ id, grouping }: { id: number; grouping: ReturnType<typeof useGrouping> }) {
  return (
    <button
      type="button"
      className="btn quiet small"
      disabled={grouping.isPending}
      onClick={() => grouping.mutate({ path: `${id}/unmerge`, body: {}, said: () => t.takenOut })}
    >
      {t.takeOut(id)}
    </button>
  );
}

/** Asks for the number of an incident. */
function NumberForm(props: { label: string; disabled: boolean; onNumber: (id: number) => void }) {
  const [text, setText] = useState('');
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        const id = Number(/^(?:INC-)?(\d{1,9})$/i.exec(text.trim())?.[1]);
        if (Number.isInteger(id) && id > 0) props.onNumber(id);
        else toast(t.noNumber, 'bad');
      }}
    >
      <input
        className="input"
        aria-label={props.label}
        placeholder={t.mergePlaceholder}
        value={text}
        size={8}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="btn small" disabled={props.disabled}>
        {props.label}
      </button>
    </form>
  );
}
