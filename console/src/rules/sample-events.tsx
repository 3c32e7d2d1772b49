import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import type { EventRef } from '../api/types.ts';
import { useTenantName } from '../session.ts';
import { At } from '../ui/time-view.tsx';
import { writeRef } from './event-ref.ts';
import css from './rules.module.css';
import { t } from './strings.ts';

/** Events that the rule found, each with a way to its explanation. */
export function SampleEvents(props: {
  ruleId: string;
  events: readonly {
    readonly tenant: string;
    readonly id: string;
    readonly at: number;
    readonly text?: string;
  }[];
}) {
  const nameOf = useTenantName();
  return (
    <div className="scroll-x">
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{t.backtest.time}</th>
            <th scope="col">{t.backtest.tenant}</th>
            <th scope="col">{t.backtest.event}</th>
            <th scope="col">
              <span className="visually-hidden">{t.backtest.explain}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.events.map((event) => (
            <tr key={`${event.tenant} ${event.id}`} data-testid="sample">
              <td className={css.nowrap}>
                <At at={event.at} />
              </td>
              <td>{nameOf(event.tenant)}</td>
              <td className={`mono wrap ${css.log}`}>
                {event.text === undefined ? <EventText event={event} /> : event.text}
              </td>
              <td className={css.nowrap}>
                <Link
                  href={`/rules/${encodeURIComponent(props.ruleId)}?tab=explain&event=${encodeURIComponent(writeRef(event))}`}
                >
                  {t.backtest.explain}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The log of an event of which only the id is known; the id stands for what has expired. */
function EventText({ event }: { event: EventRef }) {
  const query = useQuery(queries.event(event));
  if (query.isPending) return <span className="skeleton" style={{ width: 240 }} />;
  const text = query.data?.fields['event.original'] ?? query.data?.fields['message'];
  return text === undefined ? <span className="muted">{event.id}</span> : String(text);
}
