import { useQuery } from '@tanstack/react-query';
import { Fragment, lazy, Suspense, useRef, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { ApiFailure } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { EventRef, EventView, IncidentView, Matched } from '../api/types.ts';
import { IncidentWarnings } from '../asset-marks/warnings.tsx';
import { CampaignSection } from '../campaigns/section.tsx';
import { ClientStatus, Technical } from '../client-view/client-view.tsx';
import { Regulatory } from '../clocks/regulatory.tsx';
import { Conversation } from '../conversation/conversation.tsx';
import { EventPanel, type OnFilter } from '../event/event-panel.tsx';
import { termOf } from '../event/query-text.ts';
import { IncidentExport } from '../export/export-menu.tsx';
import { useIncidentActions } from '../incidents/actions.ts';
import { useTriageKeys } from '../incidents/triage-keys.ts';
import { IncidentProcedures } from '../procedures/incident-procedures.tsx';
import { scoped, useMay, useSession } from '../session.ts';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Severity } from '../ui/severity.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { useUrl } from '../url.ts';
import { VerdictDialog } from '../verdict/verdict-dialog.tsx';
import { Verdicts } from '../verdict/verdicts.tsx';
import { verdictText } from '../verdict/words.ts';
import { AtNight, Glance } from './at-night.tsx';
import { AlertEvidence } from './evidence.tsx';
import { IncidentGrouping, Why } from './grouping.tsx';
import css from './incident.module.css';
import { Side, statusText } from './side.tsx';
import { t } from './strings.ts';
import { Timeline } from './timeline.tsx';

const MailDialog = lazy(() => import('../outbox/mail-dialog.tsx'));

/** One incident by its number in the address. */
export default function IncidentPage() {
  const { id } = useParams<{ id: string }>();
  const number = Number(id);
  useTitle(`INC-${id}`);
  const query = useQuery({ ...queries.incident(number), enabled: Number.isSafeInteger(number) });
  if (query.data !== undefined) return <Story incident={query.data} />;
  const missing =
    !Number.isSafeInteger(number) || (query.error instanceof ApiFailure && query.error.status === 404);
  return (
    <div className="page">
      <Back />
      {missing ? (
        <Empty title={t.notFound}>{t.notFoundText}</Empty>
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SkeletonRows rows={12} />
      )}
    </div>
  );
}

function Back() {
  return (
    <p className={css.back}>
      <Link href={scoped('/incidents')}>
        <Icon name="back" size={12} /> {t.back}
      </Link>
    </p>
  );
}

function Story({ incident }: { incident: IncidentView }) {
  const { params, patch } = useUrl();
  const [, navigate] = useLocation();
  const mayAct = useMay('incidents.handle');
  const ours = useMay('comments.internal');
  const { provider, user } = useSession();
  const Details = ours ? Fragment : Technical;
  const actions = useIncidentActions();
  const [deciding, setDeciding] = useState<'close' | 'judge' | null>(null);
  const triageKeys = useTriageKeys(incident, () => setDeciding('judge'));
  const [mail, setMail] = useState<string | null>(null);
  const comment = useRef<HTMLTextAreaElement>(null);
  const open: EventRef | null = openEvent(params, incident.tenant);
  const closed = incident.status === 'closed';

  const show = (event: { id: string; at: number }) =>
    patch({ event: event.id, at: String(event.at) }, 'push');
  const search = (q: string, from: number, to: number) =>
    navigate(
      `/events?${new URLSearchParams({ tenant: incident.tenant, q, from: String(Math.floor(from)), to: String(Math.ceil(to)) })}`,
    );
  const HOUR = 3_600_000;
  const onFilter: OnFilter = (field, value, negate) =>
    search(termOf(field, value, negate), incident.firstAt - HOUR, incident.lastAt + HOUR);
  const onAround = (event: EventView) => search('', event.at - 60_000, event.at + 60_000);

  useShortcuts(`INC-${incident.id}`, [
    { keys: 'u', label: t.help.back, run: () => navigate(scoped('/incidents')) },
    ...(mayAct
      ? [
          { keys: 'a', label: t.help.assign, run: () => actions.assignToMe([incident.id]) },
          {
            keys: 'c',
            label: t.help.close,
            run: () => {
              if (!closed) setDeciding('close');
            },
          },
          { keys: 'm', label: t.help.comment, run: () => comment.current?.focus() },
        ]
      : []),
    ...triageKeys,
  ]);

  return (
    <article className={css.page}>
      <Back />
      <header className={css.head}>
        <p className={css.meta}>
          <Severity level={incident.level} />
          <span className="muted">INC-{incident.id}</span>
          <span data-testid="incident-status">{statusText(incident, ours)}</span>
          {incident.verdict !== null && <span className="muted">{verdictText(incident.verdict)}</span>}
          <span className="muted">
            <Age at={incident.lastAt} suffix />
          </span>
        </p>
        <h1>{incident.title}</h1>
        <Glance incident={incident} />
        <IncidentWarnings incident={incident} />
        <div className="row">
          {mayAct && (
            <Deeds
              incident={incident}
              onClose={() => setDeciding('close')}
              mine={incident.owner?.id === user.id}
            />
          )}
          <IncidentExport id={incident.id} />
        </div>
      </header>
      <div className={css.columns}>
        <div className={css.story}>
          {!ours && <ClientStatus incident={incident} />}
          <p className={css.summary} data-testid="incident-summary">
            {incident.summary}
          </p>
          {incident.advice.length > 0 && (
            <section aria-labelledby="todo">
              <h2 id="todo">{t.whatToDo}</h2>
              <ol className={css.advice}>
                {incident.advice.map((step) => (
                  <li key={step}>{step}</li>
                ))}
              </ol>
            </section>
          )}
          {!ours && <Conversation incident={incident.id} inputRef={comment} />}
          <IncidentProcedures key={incident.id} incident={incident.id} tenant={incident.tenant} />
          <Details>
            <section aria-labelledby="timeline">
              <h2 id="timeline">{t.timeline}</h2>
              <Timeline entries={incident.timeline} onEvent={show} openId={open?.id} composer={null} />
            </section>
            {ours && <Conversation incident={incident.id} inputRef={comment} />}
            <section aria-labelledby="evidence">
              <h2 id="evidence">{t.evidence}</h2>
              {incident.alertList.map((alert) => (
                <AlertEvidence
                  key={alert.id}
                  alert={alert}
                  tenant={incident.tenant}
                  of={incident.id}
                  onEvent={show}
                  onFilter={onFilter}
                  incident={mayAct && incident.alertList.length > 1 ? incident.id : undefined}
                />
              ))}
            </section>
            <Verdicts incident={incident} onJudge={mayAct ? () => setDeciding('judge') : undefined} />
            {incident.reason !== null && <Why title={t.whyOpened} reason={incident.reason} />}
            <Regulatory incident={incident.id} />
            <IncidentGrouping incident={incident} mayAct={mayAct} />
            {ours && provider && <CampaignSection incident={incident.id} mayAct={mayAct} />}
          </Details>
        </div>
        <Side
          incident={incident}
          onMail={setMail}
          onEntity={(value) =>
            search(`"${value.replace(/[\\"]/g, '\\$&')}"`, incident.firstAt - HOUR, incident.lastAt + HOUR)
          }
        />
      </div>
      {mayAct && <AtNight incident={incident} />}
      {open !== null && (
        <EventPanel
          key={open.id}
          event={open}
          matched={matchedOf(incident, open.id)}
          onClose={() => patch({ event: undefined, at: undefined })}
          onFilter={onFilter}
          onAround={onAround}
        />
      )}
      {deciding !== null && (
        <VerdictDialog
          ids={[incident.id]}
          what={`INC-${incident.id}`}
          closing={deciding === 'close'}
          onCancel={() => setDeciding(null)}
          onDecide={(decision) => {
            actions.decide([incident.id], decision, deciding === 'close');
            setDeciding(null);
          }}
        />
      )}
      {mail !== null && (
        <Suspense fallback={null}>
          <MailDialog id={mail} onClose={() => setMail(null)} />
        </Suspense>
      )}
    </article>
  );
}

/** What is done with an incident as a whole; the next sensible step stands out. */
function Deeds(props: { incident: IncidentView; mine: boolean; onClose: () => void }) {
  const { incident, mine } = props;
  const actions = useIncidentActions();
  const fresh = incident.status === 'new';
  if (incident.status === 'closed')
    return (
      <button
        type="button"
        className="btn"
        disabled={actions.pending}
        onClick={() => void actions.change(incident.id, { status: 'in-progress', verdict: null }, t.reopened)}
      >
        {t.reopen}
      </button>
    );
  return (
    <>
      {!mine && (
        <button
          type="button"
          className="btn"
          disabled={actions.pending}
          onClick={() => actions.assignToMe([incident.id])}
        >
          {t.assign} <kbd>a</kbd>
        </button>
      )}
      {fresh && (
        <button
          type="button"
          className="btn primary"
          disabled={actions.pending}
          onClick={() => void actions.change(incident.id, { status: 'in-progress', owner: 'me' })}
        >
          {t.start}
        </button>
      )}
      <button
        type="button"
        className={fresh ? 'btn' : 'btn primary'}
        disabled={actions.pending}
        onClick={props.onClose}
      >
        {t.close} <kbd>c</kbd>
      </button>
    </>
  );
}

function openEvent(params: URLSearchParams, tenant: string): EventRef | null {
  const id = params.get('event');
  const at = Number(params.get('at'));
  return id !== null && Number.isFinite(at) && at > 0 ? { tenant, id, at } : null;
}

/** Everything that matched on this event, over all alerts; the same field may match twice. */
function matchedOf(incident: IncidentView, eventId: string): Matched[] {
  const all = incident.alertList
    .flatMap((alert) => alert.evidence)
    .filter((piece) => piece.events.some((event) => event.id === eventId))
    .flatMap((piece) => piece.matched);
  return [...new Map(all.map((each) => [`${each.field}\n${each.condition}`, each])).values()];
}
