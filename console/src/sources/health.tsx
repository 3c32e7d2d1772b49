import type { SourceView } from '../api/types.ts';
import { Icon } from '../ui/icons.tsx';
import { fine, whole } from '../ui/numbers.ts';
import { duration } from '../ui/time.ts';
import { Age } from '../ui/time-view.tsx';
import css from './sources.module.css';
import { t } from './strings.ts';
import { w } from './watch-strings.ts';

/** A count with thousands separators. */
export function countText(count: number): string {
  return whole(count);
}
/** Events a second. */
export function rateText(rate: number): string {
  return t.rate((rate < 10 ? fine : whole)(rate));
}

/** When a source was last heard, and whether that silence is unusual for it. */
export function LastSeen({ source }: { source: SourceView }) {
  const { health } = source;
  if (!source.enabled) return <span className="muted">{t.disabled}</span>;
  if (health.lastSeenAt === null) return <span className="muted">{t.waiting}</span>;
  if (health.silentForMs !== null)
    return (
      <span className={css.silent}>
        <Icon name="incidents" size={12} /> {t.silent(duration(health.silentForMs))}
      </span>
    );
  const other = health.alerts.filter(({ kind }) => kind !== 'silent');
  return (
    <>
      <Age at={health.lastSeenAt} suffix />
      {health.maintenance && <div className="hint">{w.maintenanceNow}</div>}
      {other.map((alert) => (
        <div key={alert.id} title={alert.message}>
          <span className={css.silent}>
            <Icon name="incidents" size={12} /> {w.kinds[alert.kind]}
          </span>
        </div>
      ))}
    </>
  );
}
