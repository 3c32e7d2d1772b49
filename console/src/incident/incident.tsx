import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { ApiFailure } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { EventRef, EventView, IncidentView, Matched } from '../api/types.ts';
import { IncidentWarnings } from '../asset-marks/warnings.tsx';
import { ClientStatus } from '../client-view/client-view.tsx';
import type { OnFilter } from '../event/event-panel.tsx';
import { termOf } from '../event/query-text.ts';
import { IncidentExport } from '../export/export-menu.tsx';
import { useIncidentActions } from '../incidents/actions.ts';
import { useTriageKeys } from '../incidents/triage-keys.ts';
import { useStatusText } from '../plain/plain.tsx';
import { scoped, useMay, useSession } from '../session.ts';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Severity } from '../ui/severity.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { useUrl } from '../url.ts';
import { VerdictDialog } from '../verdict/verdict-dialog.tsx';
import { verdictText } from '../verdict/words.ts';
import { Advice } from './advice.tsx';
import { AtNight, Glance } from './at-night.tsx';
import css from './incident.module.css';
import { Side } from './side.tsx';
import { t } from './strings.ts';

const Below = lazy(() => import('./below.tsx'));
const EventPanel = lazy(async () => ({ default: (await import('../event/event-panel.tsx')).EventPanel }));
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

/** The way back, and on the same line what the incident is in a few words. */
function Back({ children }: { children?: ReactNode }) {
  return (
    <p className={css.meta}>
      <Link href={scoped('/incidents')} className={css.back}>
        <Icon name="back" size={12} /> {t.back}
      </Link>
      {children}
    </p>
  );
}

function Story({ incident }: { incident: IncidentView }) {
  const { params, patch } = useUrl();
  const [, navigate] = useLocation();
  const mayAct = useMay('incidents.handle');
  const ours = useMay('comments.internal');
  const statusOf = useStatusText();
  const { user } = useSession();
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
      <header className={css.head}>
        <Back>
          <Severity level={incident.level} />
          <span className="muted">INC-{incident.id}</span>
          <span data-testid="incident-status">{statusOf(incident.status)}</span>
          {incident.verdict !== null && <span className="muted">{verdictText(incident.verdict)}</span>}
        </Back>
        <h1>{incident.title}</h1>
        <Glance incident={incident} />
        <IncidentWarnings incident={incident} />
        <div className={css.actions}>
          {mayAct && (
            <Deeds
              incident={incident}
              onClose={() => setDeciding('close')}
              mine={incident.owner?.id === user.id}
            />
          )}
          <IncidentExport id={incident.id} align={mayAct ? 'right' : 'left'} />
        </div>
      </header>
      <div className={css.columns}>
        <div className={css.story}>
          {!ours && <ClientStatus incident={incident} />}
          <p className={css.summary} data-testid="incident-summary">
            {incident.summary}
          </p>
          {incident.advice.length > 0 && <Advice steps={incident.advice} />}
          {/* What comes below the fold may come a moment later. */}
          <Suspense fallback={<SkeletonRows rows={6} />}>
            <Below
              incident={incident}
              comment={comment}
              openId={open?.id}
              onEvent={show}
              onFilter={onFilter}
              onJudge={mayAct ? () => setDeciding('judge') : undefined}
            />
          </Suspense>
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
      <Suspense fallback={null}>
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
        {mail !== null && <MailDialog id={mail} onClose={() => setMail(null)} />}
      </Suspense>
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
