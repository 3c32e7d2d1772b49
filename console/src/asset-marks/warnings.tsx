import { useQuery } from '@tanstack/react-query';
import type { AssetMark, EntityView, MaintenanceHours } from '@vigie/contracts/api';
import { Link } from 'wouter';
import type { z } from 'zod';
import { queries } from '../api/queries.ts';
import type { EventView, IncidentView } from '../api/types.ts';
import { telephone } from '../ui/telephone.ts';
import { Criticality } from './criticality.tsx';
import css from './marks.module.css';
import { t } from './strings.ts';
import { notable, useMarks } from './use-marks.ts';

type Entity = z.infer<typeof EntityView>;

/** Hours in words. */
export function windowText({ days, from, to, timeZone }: MaintenanceHours): string {
  const names = [...days].sort((a, b) => a - b).map((day) => t.days[day - 1]);
  return t.window(names.join(' '), from, to, timeZone);
}

/** What must not be done, or must be done first, in words. */
export function Handlings({ mark }: { mark: Pick<AssetMark, 'handling' | 'phone' | 'maintenance'> }) {
  return (
    <>
      {mark.handling.map((each) => (
        <strong key={each} className={css.handling} data-handling={each}>
          {each === 'call-first' && mark.phone !== '' ? (
            <a href={telephone(mark.phone)}>{t.call(mark.phone)}</a>
          ) : (
            t.handling[each]
          )}
        </strong>
      ))}
      {mark.maintenance !== null && <span className={css.handling}>{windowText(mark.maintenance)}</span>}
    </>
  );
}

/** Warnings of several assets, in full. */
function Warnings({ tenant, marks }: { tenant: string; marks: readonly AssetMark[] }) {
  if (marks.length === 0) return null;
  return (
    <section className={css.warnings} aria-label={t.title} data-testid="asset-warnings">
      <ul>
        {marks.slice(0, 12).map((mark) => (
          <li key={mark.id}>
            <Criticality level={mark.criticality} />
            <Link href={`/assets/${tenant}/${mark.id}`} className={css.name}>
              {mark.name}
            </Link>
            {mark.entity.type === 'ip' && <span className="muted">{t.had(mark.entity.value)}</span>}
            <Handlings mark={mark} />
            {mark.note !== '' && <span className={css.note}>{mark.note}</span>}
          </li>
        ))}
        {marks.length > 12 && <li className="muted">{t.more(marks.length - 12)}</li>}
      </ul>
    </section>
  );
}

/** What to mind of the machines and people of an incident, before anything is done. */
export function IncidentWarnings({ incident }: { incident: IncidentView }) {
  const [marks = []] = useMarks([
    { tenant: incident.tenant, entities: incident.entities, at: incident.lastAt },
  ]);
  return <Warnings tenant={incident.tenant} marks={notable(marks)} />;
}

/** The same where only the incident's number is known: beside a decision about it. */
export function WarningsOf({ incident }: { incident: number }) {
  const { data } = useQuery(queries.incident(incident));
  return data === undefined ? null : <IncidentWarnings incident={data} />;
}

/** The same for an event. */
export function EventWarnings({ event }: { event: EventView }) {
  const [marks = []] = useMarks([{ tenant: event.tenant, entities: entitiesOf(event), at: event.at }]);
  return <Warnings tenant={event.tenant} marks={notable(marks)} />;
}

/** The machines, people and addresses that an event names. */
function entitiesOf({ fields }: EventView): Entity[] {
  const of = (type: Entity['type'], name: string): Entity[] => {
    const value = fields[name];
    return value === undefined || value === ''
      ? []
      : [{ type, value: String(Array.isArray(value) ? value[0] : value) }];
  };
  const [user] = of('user', 'user.name');
  const domain = fields['user.domain'];
  const named = user !== undefined && typeof domain === 'string' && !/[\\@]/.test(user.value);
  return [
    ...of('host', 'host.name'),
    ...(named
      ? [{ type: 'user', value: `${domain}\\${user.value}` } as const]
      : user === undefined
        ? []
        : [user]),
    ...of('user', 'user.email'),
    ...of('ip', 'source.ip'),
    ...of('ip', 'destination.ip'),
  ];
}

/** Room that {@link RowWarning} needs beside what else stands in its line, about, in pixels; its note may be cut. */
export function warningRoom(marks: readonly AssetMark[] | undefined): number {
  const [first, ...rest] = notable(marks ?? []);
  if (first === undefined) return 0;
  const [handling] = first.handling;
  const words = [t.criticality[first.criticality], handling === undefined ? '' : t.handling[handling]].join(
    ' ',
  );
  return 30 + words.length * 6.6 + (rest.length > 0 ? 22 : 0) + (first.note === '' ? 0 : 60);
}

/** The most important warning of a row, in a line; the others as a number. */
export function RowWarning({ marks }: { marks: readonly AssetMark[] | undefined }) {
  const [first, ...rest] = notable(marks ?? []);
  if (first === undefined) return null;
  const [handling] = first.handling;
  return (
    <span
      className={css.rowWarning}
      data-testid="row-warning"
      title={[first.name, first.note].filter((each) => each !== '').join(': ')}
    >
      <span className={css.chip}>
        <Criticality level={first.criticality} />
        {handling !== undefined && <strong>{t.handling[handling]}</strong>}
        {rest.length > 0 && <span className="muted">{t.more(rest.length)}</span>}
      </span>
      {first.note !== '' && <span className={css.rowNote}>{first.note}</span>}
    </span>
  );
}
