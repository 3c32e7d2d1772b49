import { useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  AttachedProcedure,
  ProcedureAttachment,
  IncidentProcedures as View,
} from '@vigie/contracts/api';
import { useId, useRef, useState } from 'react';
import { call, withQuery } from '../api/client.ts';
import { useMay } from '../session.ts';
import { Confirm } from '../ui/confirm.tsx';
import { language } from '../ui/language.ts';
import { useShortcuts } from '../ui/shortcuts.ts';
import { ErrorState, messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import { Begin } from './begin.tsx';
import { procedureQueries } from './procedure-queries.ts';
import css from './procedures.module.css';
import { Step, type StepActions } from './step.tsx';
import { t } from './strings.ts';

/** The procedures of an incident: what fits, what is in use, and each step with what was done of it. */
export function IncidentProcedures({ incident, tenant }: { incident: number; tenant: string }) {
  const mayRead = useMay('procedures.read');
  const query = useQuery({
    ...procedureQueries.ofIncident(incident),
    enabled: mayRead,
    // What a mail server says of a mail reaches no open console by itself.
    refetchInterval: ({ state }) => (state.data?.attached.some(onItsWay) ? 3_000 : false),
  });
  const mayAct = useMay('incidents.handle');
  const headingId = useId();
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data === undefined) return null;
  return (
    <section aria-labelledby={headingId} data-testid="procedures">
      <h2 id={headingId}>{t.title}</h2>
      <Body view={query.data} incident={incident} tenant={tenant} mayAct={mayAct} />
    </section>
  );
}

/** Whether a mail of a step should leave any moment. */
function onItsWay({ content }: AttachedProcedure): boolean {
  return content.some(({ told }) =>
    told.some(({ state, waitsUntil }) => state === 'waiting' && waitsUntil === null),
  );
}

function Body(props: { view: View; incident: number; tenant: string; mayAct: boolean }) {
  const { view, incident, mayAct } = props;
  const mayRespond = useMay('incidents.respond');
  const client = useQueryClient();
  const { queryKey } = procedureQueries.ofIncident(incident);
  const base = `/api/incidents/${incident}/procedures`;
  const first = view.attached.find(({ next }) => next !== null);
  const [open, setOpen] = useState<string | null>(first === undefined ? null : keyOf(first.id, first.next!));
  const [pending, setPending] = useState(false);
  // Keys may be pressed before the effects of the last one have run: they must see what is shown now.
  const shown = useRef(open);
  shown.current = open;

  /** Runs a change; what the server says is shown at once, the incident's log is fetched again. */
  const change = async (work: () => Promise<View | undefined>): Promise<boolean> => {
    setPending(true);
    try {
      const answer = await work();
      if (answer !== undefined) client.setQueryData(queryKey, answer);
      void client.invalidateQueries({ queryKey: ['incident', incident] });
      return true;
    } catch (error) {
      toast(messageOf(error), 'bad');
      void client.invalidateQueries({ queryKey });
      return false;
    } finally {
      setPending(false);
    }
  };
  const attach = ({ id: procedure, sends }: Beginning) =>
    change(async () => {
      const seen = sends.map(({ step, to }) => ({ step, to: to.map(({ email }) => email) }));
      const body: ProcedureAttachment = { procedure, sends: seen };
      const answer = await call<View>('POST', withQuery(base, { language }), body);
      const made = answer.attached.find(({ id }) => id === procedure);
      if (made?.next != null) setOpen(keyOf(procedure, made.next));
      return answer;
    });
  const actions = (procedure: AttachedProcedure): StepActions => ({
    pending,
    mayAct: (by) => mayAct || (mayRespond && by === 'client'),
    mayGive: mayAct,
    people: view.people,
    tenant: props.tenant,
    searchAt: (step) => `${base}/${procedure.id}/steps/${step}/search`,
    tellAt: (step) => `${base}/${procedure.id}/steps/${step}/telling`,
    tell: (step, body) => {
      const path = `${base}/${procedure.id}/steps/${step}/telling`;
      return change(() => call<View>('POST', withQuery(path, { language }), body));
    },
    change: (step, body, moveOn) =>
      change(async () => {
        const path = withQuery(`${base}/${procedure.id}/steps/${step}`, { language });
        const answer = await call<View>('PATCH', path, body);
        if (moveOn) {
          const now = answer.attached.find(({ id }) => id === procedure.id);
          setOpen(now?.next == null ? null : keyOf(procedure.id, now.next));
        }
        return answer;
      }),
  });

  const all = view.attached.flatMap((one) => one.content.map((step) => keyOf(one.id, step.id)));
  const move = (by: 1 | -1) => {
    const at = shown.current === null ? -1 : all.indexOf(shown.current);
    const to = all[Math.min(all.length - 1, Math.max(0, at + by))];
    if (to === undefined) return;
    setOpen(to);
    document.getElementById(to)?.focus();
  };
  const press = (what: string) => {
    if (shown.current !== null)
      document
        .getElementById(`${shown.current}-body`)
        ?.querySelector<HTMLButtonElement>(`[data-key="${what}"]`)
        ?.click();
  };
  useShortcuts(t.title, [
    { keys: 'j', label: t.panel.help.next, run: () => move(1) },
    { keys: 'k', label: t.panel.help.previous, run: () => move(-1) },
    { keys: 'd', label: t.panel.help.done, run: () => press('done') },
    { keys: 'r', label: t.panel.help.run, run: () => press('run') },
  ]);

  return (
    <div className={css.panel}>
      {view.attached.map((one) => (
        <Attached
          key={one.id}
          procedure={one}
          actions={actions(one)}
          open={open}
          onOpen={setOpen}
          onDetach={() =>
            change(async () => {
              await call('DELETE', `${base}/${one.id}`);
              return undefined;
            })
          }
        />
      ))}
      {view.attached.length === 0 && !mayAct && <p className="hint">{t.panel.none}</p>}
      {mayAct && <Proposed view={view} pending={pending} onAttach={(one) => void attach(one)} />}
    </div>
  );
}

/** Element id of a step's head. */
function keyOf(procedure: string, step: string): string {
  return `sop-${procedure}--${step}`;
}

function Attached(props: {
  procedure: AttachedProcedure;
  actions: StepActions;
  open: string | null;
  onOpen: (key: string | null) => void;
  onDetach: () => void;
}) {
  const { procedure, actions, open, onOpen } = props;
  const [asking, setAsking] = useState(false);
  const progress = t.panel.progress(procedure.settled, procedure.total);
  return (
    <div className={css.attached} data-testid="procedure">
      <div className={css.attachedHead}>
        <h3>{procedure.title}</h3>
        <span className="hint">
          {t.origin[procedure.origin]}, {t.version(procedure.version)}
        </span>
        <span className="spring" />
        <span className="small" data-testid="procedure-progress">
          {progress}
        </span>
        <progress value={procedure.settled} max={Math.max(1, procedure.total)} aria-label={progress} />
        {actions.mayGive && (
          <button type="button" className="btn quiet small" onClick={() => setAsking(true)}>
            {t.panel.detach}
          </button>
        )}
      </div>
      {procedure.newer !== null && <p className="hint">{t.panel.newer(procedure.newer)}</p>}
      <ol className={css.steps}>
        {procedure.content.map((step, index) => {
          const key = keyOf(procedure.id, step.id);
          return (
            <Step
              key={step.id}
              id={key}
              number={index + 1}
              step={step}
              next={procedure.next === step.id}
              open={open === key}
              onToggle={() => onOpen(open === key ? null : key)}
              actions={actions}
            />
          );
        })}
      </ol>
      {asking && (
        <Confirm
          title={t.panel.detachTitle}
          text={t.panel.detachText}
          action={t.panel.detach}
          onCancel={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            props.onDetach();
          }}
        />
      )}
    </div>
  );
}

/** A procedure that a person is about to begin. */
type Beginning = View['others'][number];

function Proposed({
  view,
  pending,
  onAttach,
}: {
  view: View;
  pending: boolean;
  onAttach: (one: Beginning) => void;
}) {
  const selectId = useId();
  const [asking, setAsking] = useState<Beginning | null>(null);
  const begin = (one: Beginning) => (one.sends.length === 0 ? onAttach(one) : setAsking(one));
  return (
    <div className={css.proposed}>
      {view.proposed.length > 0 && (
        <>
          <h3>{t.panel.propose}</h3>
          <ul>
            {view.proposed.map((one) => (
              <li key={one.id} data-testid="procedure-proposed">
                <button
                  type="button"
                  className="btn small"
                  disabled={pending}
                  aria-label={`${t.panel.attach}: ${one.title}`}
                  onClick={() => begin(one)}
                >
                  {t.panel.attach}
                </button>
                <span>
                  <strong>{one.title}</strong>{' '}
                  <span className="hint">
                    {t.panel.because}{' '}
                    {one.terms
                      .map(({ kind, value, weight }) => `${t.panel.term[kind]} ${value} (${weight})`)
                      .join(', ')}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {view.others.length > 0 && (
        <div className="row">
          <label htmlFor={selectId} className="small">
            {t.panel.attachOther}
          </label>
          <select
            id={selectId}
            className="select"
            value=""
            disabled={pending}
            onChange={(event) => {
              const one = view.others.find(({ id }) => id === event.target.value);
              if (one !== undefined) begin(one);
            }}
          >
            <option value="">{t.panel.choose}</option>
            {view.others.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </div>
      )}
      {asking !== null && (
        <Begin
          title={asking.title}
          sends={asking.sends}
          onCancel={() => setAsking(null)}
          onConfirm={() => {
            setAsking(null);
            onAttach(asking);
          }}
        />
      )}
    </div>
  );
}
