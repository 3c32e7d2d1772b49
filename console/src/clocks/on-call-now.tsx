import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { rotaQueries } from '../rotas/queries.ts';
import css from './clocks.module.css';
import { t } from './strings.ts';

/** Who would be called now. */
export function OnCallNow() {
  const { data } = useQuery(rotaQueries.list());
  if (data === undefined) return null;
  return (
    <p className={css.summary} data-testid="on-call-now">
      <span className="muted">{t.onCallNow}</span>
      {data.items.map((rota) => (
        <span key={rota.id}>
          {rota.setup.name}: <strong>{rota.now.member?.name ?? t.nobody}</strong>
        </span>
      ))}
      <Link href="/rotas">{t.toRota}</Link>
    </p>
  );
}
