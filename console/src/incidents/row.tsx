import type { AssetMark } from '@vigie/contracts/api';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { IncidentSummary } from '../api/types.ts';
import { RowWarning } from '../asset-marks/warnings.tsx';
import { ClockState } from '../clocks/clock-state.tsx';
import { useTenantName } from '../session.ts';
import { Entities, TechniqueIds } from '../ui/chips.tsx';
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
  active: boolean;
  selected: boolean;
  /** It has left the list since it was shown. */
  gone: boolean;
  showTenant: boolean;
  /** What must be said of its machines and people. */
  marks: readonly AssetMark[] | undefined;
  onActivate: () => void;
  onSelect: (() => void) | undefined;
  onOpen: () => void;
}) {
  const { incident, active, selected } = props;
  const nameOf = useTenantName();
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (active && document.activeElement !== link.current) link.current?.focus({ preventScroll: true });
  }, [active]);
  return (
    <tr
      className={css.row}
      data-testid="incident-row"
      data-incident={incident.id}
      data-active={active || undefined}
      data-selected={selected || undefined}
      data-new={incident.status === 'new' || undefined}
      data-gone={props.gone || undefined}
      aria-rowindex={props.index + 2}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('a, input, button, section') === null)
          props.onOpen();
      }}
    >
      <td className={css.check}>
        {props.onSelect !== undefined && (
          <input
            type="checkbox"
            checked={selected}
            aria-label={t.selectOne(incident.id)}
            onChange={props.onSelect}
          />
        )}
      </td>
      <td className={css.urgency}>
        <UrgencyView incident={incident} />
      </td>
      <td className={css.severity}>
        <Severity level={incident.level} />
      </td>
      <td className={css.main}>
        <div className={css.titleLine}>
          {!incident.seen && incident.status !== 'closed' && (
            <span className={css.unseen} title={t.changed.unseen}>
              <span className="visually-hidden">{t.changed.unseen}</span>
            </span>
          )}
          <span className={css.id}>INC-{incident.id}</span>
          <Link
            ref={link}
            href={`/incidents/${incident.id}`}
            className={css.title}
            onFocus={props.onActivate}
          >
            {incident.title}
          </Link>
          {incident.demo && <span className={css.demo}>{t.demo}</span>}
        </div>
        <div className={css.chipLine}>
          {props.gone && <span className={css.goneWord}>{t.live.gone}</span>}
          <Changed incident={incident} />
          <RowWarning marks={props.marks} />
          <Entities items={incident.entities} />
          <TechniqueIds items={incident.techniques} />
        </div>
      </td>
      {props.showTenant && <td className={css.tenant}>{nameOf(incident.tenant)}</td>}
      <td className={css.alerts}>
        <span title={`${incident.detections}`}>{incident.alerts}</span>
      </td>
      <td className={css.owner}>{incident.owner?.name ?? <span className="muted">–</span>}</td>
      <td className={css.status}>
        {incident.verdict !== null && incident.status === 'closed' ? (
          <span className="muted" title={reasonText(incident.verdictReason)}>
            {verdictText(incident.verdict)}
          </span>
        ) : (
          <span data-status={incident.status}>{t.status[incident.status]}</span>
        )}
        <Due incident={incident} />
      </td>
      <td className={css.age}>
        <Age at={incident.lastAt} />
      </td>
    </tr>
  );
}

/** What is said of its clocks: nothing as long as they run without haste. */
function Due({ incident: { clockState, dueAt, status } }: { incident: IncidentSummary }) {
  if (status === 'closed' || (clockState !== 'warned' && clockState !== 'breached')) return null;
  return (
    <div className={css.due} data-testid="due">
      <ClockState state={clockState} /> {clockState === 'warned' && dueAt !== null && <Age at={dueAt} />}
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
