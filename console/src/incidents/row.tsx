import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { IncidentSummary } from '../api/types.ts';
import { useTenantName } from '../session.ts';
import { Entities, TechniqueIds } from '../ui/chips.tsx';
import { Severity } from '../ui/severity.tsx';
import { ui } from '../ui/strings.ts';
import { Age } from '../ui/time-view.tsx';
import css from './incidents.module.css';
import { t } from './strings.ts';

/** One incident of the queue. The whole row opens it; the title is the link that assistive technology sees. */
export function IncidentRow(props: {
  incident: IncidentSummary;
  index: number;
  active: boolean;
  selected: boolean;
  showTenant: boolean;
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
      aria-rowindex={props.index + 2}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('a, input') === null) props.onOpen();
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
      <td className={css.severity}>
        <Severity level={incident.level} />
      </td>
      <td className={css.main}>
        <div className={css.titleLine}>
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
        {incident.status === 'closed' && incident.verdict !== null ? (
          <span className="muted">{ui.verdict[incident.verdict]}</span>
        ) : (
          <span data-status={incident.status}>{ui.status[incident.status]}</span>
        )}
      </td>
      <td className={css.age}>
        <Age at={incident.lastAt} />
      </td>
    </tr>
  );
}
