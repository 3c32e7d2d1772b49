import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import type { WebhookView } from '@vigie/contracts/api';
import { Link } from 'wouter';
import { call } from '../api/client.ts';
import { ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { deliveries } from './queries.ts';
import { t } from './strings.ts';
import css from './webhooks.module.css';

/** What became of each notice. */
export function Deliveries({ webhook }: { webhook: WebhookView }) {
  const client = useQueryClient();
  const query = useInfiniteQuery(deliveries(webhook.id));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const retry = useMutation({
    mutationFn: (id: string) => call<void>('POST', `/api/webhooks/${webhook.id}/deliveries/${id}/retry`, {}),
    onSuccess: () => toast(t.retried),
    onError: (error) => toast(messageOf(error), 'bad'),
    onSettled: () => client.invalidateQueries({ queryKey: ['webhook-deliveries', webhook.id] }),
  });
  return (
    <section className={css.deliveries} aria-label={t.deliveriesOf(webhook.name)}>
      {query.isPending ? (
        <SkeletonRows rows={3} height={34} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : items.length === 0 ? (
        <p className="small muted">{t.noDeliveries}</p>
      ) : (
        <ul>
          {items.map((one) => (
            <li key={one.id} className={css.delivery} data-testid="delivery-row">
              <span className={css.word} data-state={one.state}>
                {t.delivery[one.state]}
              </span>
              <span>
                {one.incident !== null && <Link href={`/incidents/${one.incident}`}>INC-{one.incident}</Link>}{' '}
                {t.kind[one.kind]}
                {one.status !== null && <span className="muted"> · HTTP {one.status}</span>}
                {one.lastError !== null && <span className={css.error}>{one.lastError}</span>}
              </span>
              <span className="hint">
                <Age at={one.createdAt} suffix /> · {t.attempts(one.attempts)}
                {one.nextAttemptAt !== null && (
                  <>
                    {' · '}
                    {t.next} <Age at={one.nextAttemptAt} />
                  </>
                )}
              </span>
              {one.state === 'dead' && (
                <button
                  type="button"
                  className="btn small"
                  disabled={retry.isPending}
                  onClick={() => retry.mutate(one.id)}
                >
                  {t.retry}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <button
          type="button"
          className="btn small"
          disabled={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t.more}
        </button>
      )}
    </section>
  );
}
