import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import type { LooseAlert, LooseAlertTie } from '../api/types.ts';
import { Entities } from '../ui/chips.tsx';
import { fine } from '../ui/numbers.ts';
import { Severity } from '../ui/severity.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { duration } from '../ui/time.ts';
import css from './alerts.module.css';
import { t } from './strings.ts';

/** Why an alert is in no incident, and in which open one it could be. */
export function Explanation({
  alert,
  onJoin,
}: {
  alert: LooseAlert;
  onJoin: ((to: number) => void) | undefined;
}) {
  const { data, error, refetch } = useQuery(queries.looseAlertTies(alert.tenant, alert.id));
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={2} />;
  if (data.incident !== null)
    return (
      <div className={css.why} data-testid="loose-why">
        <p>
          <Link href={`/incidents/${data.incident}`}>{t.joined(data.incident)}</Link>
        </p>
      </div>
    );
  return (
    <div className={css.why} data-testid="loose-why">
      <p>{reasonOf(alert, data.opensAt)}</p>
      {data.incidents.length === 0 ? (
        <p className="muted">{t.why.none}</p>
      ) : (
        <>
          <p className="muted">{t.why.could}</p>
          <ul>
            {data.incidents.map((tie) => (
              <li key={tie.id} data-testid="loose-tie">
                <Severity level={tie.level} compact />
                <Link href={`/incidents/${tie.id}`}>
                  INC-{tie.id} {tie.title}
                </Link>
                {tie.shared.length > 0 && <Entities items={tie.shared} />}
                <span className="muted">{wordsOf(tie, data.joinsAt)}</span>
                {onJoin !== undefined && (
                  <button type="button" className="btn quiet small" onClick={() => onJoin(tie.id)}>
                    {t.why.join(tie.id)}
                  </button>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function reasonOf({ level, rarity, routine }: LooseAlert, opensAt: number): string {
  if (routine) return t.why.routine;
  if (level !== 'low' && level !== 'informational') return t.why.takenOut;
  return rarity >= 2 ? t.why.rare(fine(rarity), fine(opensAt)) : t.why.usual;
}

function wordsOf({ apart, sameRule, total }: LooseAlertTie, joinsAt: number): string {
  const when =
    apart === 0 ? t.why.during : apart < 0 ? t.why.before(duration(apart)) : t.why.after(duration(apart));
  return [
    when,
    ...(sameRule ? [t.why.sameRule] : []),
    total === null ? t.why.far : t.why.points(fine(total), fine(joinsAt)),
  ].join(' · ');
}
