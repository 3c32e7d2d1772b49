import type { AssetMark } from '@vigie/contracts/api';
import type { IncidentSummary } from '../api/types.ts';
import { RowWarning, warningRoom } from '../asset-marks/warnings.tsx';
import { TimeLeft } from '../clocks/clock-state.tsx';
import { useStatusText } from '../plain/plain.tsx';
import { useTenantName } from '../session.ts';
import { Entities, fitting, TechniqueIds } from '../ui/chips.tsx';
import list from '../ui/list/list.module.css';
import { Row, RowTitle } from '../ui/list/row.tsx';
import { Severity } from '../ui/severity.tsx';
import { ui } from '../ui/strings.ts';
import { duration } from '../ui/time.ts';
import { Age } from '../ui/time-view.tsx';
import { reasonText, verdictText } from '../verdict/words.ts';
import css from './incidents.module.css';
import { t } from './strings.ts';
import { UrgencyView } from './urgency.tsx';

/** One incident of the queue. The whole row opens it; the title is the link that assistive technology sees. */
export function IncidentRow(props: {
  incident: IncidentSummary;
  index: number;
  /** Width of the column of titles, pixels. */
  room: number;
  active: boolean;
  selected: boolean;
  /** It has left the list since it was shown. */
  gone: boolean;
  showTenant: boolean;
  showUrgency: boolean;
  /** What must be said of its machines and people. */
  marks: readonly AssetMark[] | undefined;
  onActivate: () => void;
  onSelect: (() => void) | undefined;
  onOpen: () => void;
}) {
  const { incident, active } = props;
  const nameOf = useTenantName();
  const statusOf = useStatusText();
  return (
    <Row
      index={props.index}
      className={css.row}
      active={active}
      selected={props.selected}
      check={
        props.onSelect === undefined
          ? undefined
          : { label: t.selectOne(incident.id), onChange: props.onSelect }
      }
      onOpen={props.onOpen}
      data={{
        'data-testid': 'incident-row',
        'data-incident': incident.id,
        'data-new': incident.status === 'new' || undefined,
        'data-gone': props.gone || undefined,
      }}
    >
      {props.showUrgency && (
        <td className={css.urgency}>
          <UrgencyView incident={incident} />
        </td>
      )}
      <td className={css.severity}>
        <Severity level={incident.level} />
        <div className={css.id}>INC-{incident.id}</div>
      </td>
      <td className={css.main}>
        <div className={css.titleLine}>
          {!incident.seen && incident.status !== 'closed' && (
            <span className={css.unseen} title={t.changed.unseen}>
              <span className="visually-hidden">{t.changed.unseen}</span>
            </span>
          )}
          <RowTitle href={`/incidents/${incident.id}`} active={active} onFocus={props.onActivate}>
            {incident.title}
          </RowTitle>
        </div>
        <Below
          incident={incident}
          gone={props.gone}
          marks={props.marks}
          room={props.room}
          sayDemo={incident.demo && !props.showTenant}
        />
      </td>
      {props.showTenant && (
        <td className={css.tenant}>
          <span className={list.two} title={nameOf(incident.tenant)}>
            {nameOf(incident.tenant)}
          </span>
        </td>
      )}
      <td className={css.owner}>
        <span className={list.two}>{incident.owner?.name ?? <span className="muted">–</span>}</span>
      </td>
      <td className={css.status}>
        {incident.verdict !== null && incident.status === 'closed' ? (
          <span className={`muted ${list.two}`} title={reasonText(incident.verdictReason)}>
            {verdictText(incident.verdict)}
          </span>
        ) : (
          <span data-status={incident.status}>{statusOf(incident.status)}</span>
        )}
        <Due incident={incident} />
      </td>
      <td className={css.age}>
        <Age at={incident.lastAt} />
        <div className={css.alerts} title={t.detections(incident.detections)}>
          {t.alerts(incident.alerts)}
        </div>
      </td>
    </Row>
  );
}

/** The line below the title: what is new, what to mind, and of the entities and techniques what fits whole. */
function Below(props: {
  incident: IncidentSummary;
  gone: boolean;
  marks: readonly AssetMark[] | undefined;
  room: number;
  /** Where the column of clients, which says it, is not shown. */
  sayDemo: boolean;
}) {
  const { incident, room } = props;
  // Words before the chips take some of the room, about as much as these.
  const taken =
    (props.gone ? 150 : 0) +
    (incident.changed === null ? 0 : 100) +
    warningRoom(props.marks) +
    (props.sayDemo ? 50 : 0) +
    24;
  const chips = fitting(
    incident.entities.map(({ value }) => value),
    room - taken,
  );
  return (
    <div className={css.chipLine}>
      {props.gone && <span className={css.goneWord}>{t.live.gone}</span>}
      <Changed incident={incident} />
      <RowWarning marks={props.marks} />
      <Entities items={incident.entities} max={chips.count} />
      <TechniqueIds items={incident.techniques} max={Math.min(2, Math.floor(chips.left / 75))} />
      {props.sayDemo && <span className={css.demo}>{t.demo}</span>}
    </div>
  );
}

/** How long its next clock has left. */
function Due({ incident: { clockState, dueAt, status } }: { incident: IncidentSummary }) {
  if (status === 'closed' || clockState === null || clockState === 'met') return null;
  return (
    <div className={css.due} data-testid="due">
      <TimeLeft state={clockState} dueAt={dueAt} />
    </div>
  );
}

/** What happened since the reader looked at it. */
function Changed({ incident: { changed } }: { incident: IncidentSummary }) {
  if (changed === null) return null;
  const words = [
    ...(changed.alerts > 0 ? [t.changed.alerts(changed.alerts)] : []),
    ...(changed.comments > 0 ? [t.changed.comments(changed.comments)] : []),
    ...(changed.level === null ? [] : [t.changed.level(ui.level[changed.level])]),
  ];
  return (
    <span
      className={css.changed}
      data-testid="changed"
      title={t.changed.since(ui.ago(duration(Date.now() - changed.seenAt)))}
    >
      {words.length === 0 ? t.changed.other : words.join(', ')}
    </span>
  );
}
