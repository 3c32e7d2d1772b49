import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import { ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import css from './access.module.css';
import { t } from './strings.ts';

/**
 * Where somebody is signed in, and the ways to end it.
 *
 * @param path `/api/sessions` for oneself, `/api/users/<email>/sessions` for another
 */
export function Sessions({ path, mayEnd }: { path: string; mayEnd: boolean }) {
  const client = useQueryClient();
  const query = useQuery(queries.sessions(path));
  const end = useMutation({
    mutationFn: async (id: string | null) =>
      id === null
        ? (await call<{ ended: number }>('DELETE', path)).ended
        : call<void>('DELETE', `${path}/${encodeURIComponent(id)}`).then(() => 1),
    onSuccess: (count) => toast(t.ended(count)),
    onError: (error) => toast(messageOf(error), 'bad'),
    onSettled: () => client.invalidateQueries({ queryKey: ['sessions'] }),
  });
  if (query.isPending) return <SkeletonRows rows={2} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const { items } = query.data;
  if (items.length === 0) return <p className="small">{t.sessionsNone}</p>;
  const others = items.filter((each) => !each.current);
  return (
    <>
      <ul className={css.signedIn}>
        {items.map((session) => {
          const client = session.client === '' ? t.unknownClient : session.client;
          return (
            <li key={session.id} data-testid="session-row">
              <div>
                <strong>{client}</strong> {session.current && <span className="muted">({t.thisOne})</span>}
                <div className="hint">
                  {t.from} <span className="mono">{session.address}</span> · {t.since}{' '}
                  <Age at={session.since} suffix /> · {t.seen} <Age at={session.lastSeenAt} suffix />
                </div>
              </div>
              {mayEnd && !session.current && (
                <button
                  type="button"
                  className="btn small"
                  aria-label={t.endOf(client, session.address)}
                  disabled={end.isPending}
                  onClick={() => end.mutate(session.id)}
                >
                  {t.end}
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {mayEnd && others.length > 0 && (
        <button type="button" className="btn" disabled={end.isPending} onClick={() => end.mutate(null)}>
          {others.length < items.length ? t.endOthers : t.endAll}
        </button>
      )}
    </>
  );
}
