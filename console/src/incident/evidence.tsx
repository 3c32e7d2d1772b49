import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import type { AlertView, EventView } from '../api/types.ts';
import { type OnFilter, Original } from '../event/event-panel.tsx';
import { Rows } from '../event/fields-table.tsx';
import { useMay } from '../session.ts';
import { needlesOf } from '../ui/highlight.ts';
import { Icon } from '../ui/icons.tsx';
import { Lit } from '../ui/lit.tsx';
import { Severity } from '../ui/severity.tsx';
import { codeOf, messageOf } from '../ui/states.tsx';
import { duration } from '../ui/time.ts';
import { At } from '../ui/time-view.tsx';
import { AlertVerdict } from '../verdict/alert-verdict.tsx';
import { AlertGrouping, Why } from './grouping.tsx';
import css from './incident.module.css';
import { t } from './strings.ts';

const CreateException = lazy(() => import('../exceptions/create-dialog.tsx'));

type Evidence = AlertView['evidence'][number];
type Show = (event: { id: string; at: number }) => void;

/** Fields that say who, where and what, shown beside the matched ones. */
const CONTEXT = [
  'event.action',
  'event.outcome',
  'host.name',
  'user.name',
  'source.ip',
  'destination.ip',
  'destination.port',
  'process.command_line',
  'process.parent.executable',
  'file.path',
  'url.original',
  'dns.question.name',
];
const FIRST_SHOWN = 4;

/** One alert: what the rule means, and the events that made it fire. */
export function AlertEvidence(props: {
  alert: AlertView;
  tenant: string;
  onEvent: Show;
  onFilter: OnFilter;
  /** Number of its incident. */
  of: number;
  /** The same, where the reader may change what is in it. */
  incident: number | undefined;
}) {
  const { alert, tenant, onEvent, onFilter } = props;
  const [openId, setOpenId] = useState(alert.evidence[0]?.detectionId);
  const [all, setAll] = useState(false);
  const [excepted, setExcepted] = useState<Evidence | null>(null);
  const mayExcept = useMay('exceptions.write');
  const shown = all ? alert.evidence : alert.evidence.slice(0, FIRST_SHOWN);
  const hidden = alert.evidence.length - shown.length;
  const span = alert.lastAt - alert.firstAt;
  return (
    <section className={css.alert} data-testid="alert" aria-label={alert.title}>
      <header className={css.alertHead}>
        <Severity level={alert.level} />
        <h3>{alert.title}</h3>
        <span className="muted">
          {alert.count > 1 && `${t.times(alert.count)} ${t.span(duration(span))} · `}
          {alert.part === 'context' && `${besideWords(alert)} · `}
          <Link href={`/rules/${encodeURIComponent(alert.ruleId)}`}>{t.rule}</Link>
        </span>
      </header>
      {alert.diagnosis !== '' && <p className={css.diagnosis}>{alert.diagnosis}</p>}
      <ul className={css.pieces}>
        {shown.map((piece) => (
          <li key={piece.detectionId}>
            {piece.detectionId === openId ? (
              <Piece
                piece={piece}
                tenant={tenant}
                onEvent={onEvent}
                onFilter={onFilter}
                onExcept={mayExcept ? () => setExcepted(piece) : undefined}
              />
            ) : (
              <button type="button" className={css.pieceLine} onClick={() => setOpenId(piece.detectionId)}>
                <Icon name="next" size={11} />
                <At at={piece.at} as="clock" />
                <span className="truncate mono">
                  {piece.matched.map((each) => (
                    <span key={`${each.field} ${each.condition}`}>
                      <span className="muted">{each.field}</span>{' '}
                      <Lit text={each.value} needles={needlesOf(each)} />{' '}
                    </span>
                  ))}
                </span>
              </button>
            )}
          </li>
        ))}
      </ul>
      {hidden > 0 && (
        <button type="button" className="btn quiet small" onClick={() => setAll(true)}>
          {t.moreEvidence(hidden)}
        </button>
      )}
      {all && alert.count > alert.evidence.length && (
        <p className="hint">{t.newest(alert.evidence.length, alert.count)}</p>
      )}
      {excepted !== null && (
        <Suspense fallback={null}>
          <CreateException
            from={{
              tenant,
              rule: { id: alert.ruleId, title: alert.title },
              detection: excepted.detectionId,
              event: onlyEvent(excepted),
            }}
            onClose={() => setExcepted(null)}
          />
        </Suspense>
      )}
      {alert.reason !== null && <Why title={t.why(alert.part)} reason={alert.reason} />}
      {mayExcept && <AlertVerdict incident={props.of} alert={alert.id} />}
      {props.incident !== undefined && <AlertGrouping incident={props.incident} alert={alert.id} />}
      {alert.falsePositives.length > 0 && (
        <details className={css.more}>
          <summary>{t.falsePositives}</summary>
          <ul>
            {alert.falsePositives.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** How an alert that is no evidence has to do with the incident. */
function besideWords({ reason }: AlertView): string {
  const has = (name: string) => reason?.terms.some(({ term }) => term === name) === true;
  return has('before') ? t.earlier : has('echo') ? t.elsewhere : t.beside;
}

function Piece(props: {
  piece: Evidence;
  tenant: string;
  onEvent: Show;
  onFilter: OnFilter;
  onExcept: (() => void) | undefined;
}) {
  const { piece, tenant, onEvent, onFilter, onExcept } = props;
  const [at, setAt] = useState(0);
  const [original, setOriginal] = useState(false);
  const ref = piece.events[at];
  const query = useQuery({
    ...queries.event({ tenant, id: ref?.id ?? '', at: ref?.at ?? 0 }),
    enabled: ref !== undefined,
  });
  return (
    <div className={css.piece} data-testid="evidence">
      <div className={css.pieceHead}>
        <At at={ref?.at ?? piece.at} as="precise" />
        {piece.events.length > 1 && (
          <select
            className="select bare"
            aria-label={t.eventOf(at + 1, piece.events.length)}
            value={at}
            onChange={(event) => setAt(Number(event.target.value))}
          >
            {piece.events.map((event, index) => (
              <option key={event.id} value={index}>
                {t.eventOf(index + 1, piece.events.length)}
              </option>
            ))}
          </select>
        )}
        <span className="muted">{ref?.source}</span>
        <span className="spring" />
        <button
          type="button"
          className="btn quiet small"
          aria-pressed={original}
          data-testid="toggle-original"
          onClick={() => setOriginal(!original)}
        >
          {t.showOriginal}
        </button>
        {onExcept !== undefined && (
          <button type="button" className="btn quiet small" data-testid="make-exception" onClick={onExcept}>
            {t.makeException}
          </button>
        )}
        {ref !== undefined && (
          <button type="button" className="btn small" data-testid="open-event" onClick={() => onEvent(ref)}>
            {t.openEvent}
          </button>
        )}
      </div>
      {original && query.data !== undefined && <Original event={query.data} matched={piece.matched} />}
      {query.data !== undefined ? (
        <Rows
          names={namesOf(query.data, piece)}
          event={withMatched(query.data, piece)}
          matched={piece.matched}
          onFilter={onFilter}
        />
      ) : (
        <>
          {query.isError && (
            <p className="hint">
              {messageOf(query.error)} <code>{codeOf(query.error)}</code>
            </p>
          )}
          <dl className="facts">
            {piece.matched.map((each) => (
              <div key={`${each.field} ${each.condition}`} style={{ display: 'contents' }}>
                <dt>{each.field}</dt>
                <dd className="mono">
                  <Lit text={each.value} needles={needlesOf(each)} />
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </div>
  );
}

/** The event of a detection that was made of one. */
function onlyEvent({ events }: Evidence): { id: string; at: number } | undefined {
  const [first] = events;
  return first === undefined || events.length > 1 ? undefined : { id: first.id, at: first.at };
}

function namesOf(event: EventView, piece: Evidence): string[] {
  const matched = [...new Set(piece.matched.map((each) => each.field))];
  const context = CONTEXT.filter((name) => event.fields[name] !== undefined && !matched.includes(name));
  return [...matched, ...context.slice(0, Math.max(3, 9 - matched.length))];
}

/** A matched field the event does not carry (a computed one) is shown with the value the rule saw. */
function withMatched(event: EventView, piece: Evidence): EventView {
  const fields = { ...event.fields };
  for (const each of piece.matched) fields[each.field] ??= each.value;
  return { ...event, fields };
}
