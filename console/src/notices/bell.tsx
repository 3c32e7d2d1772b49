import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { NoticeList } from '@vigie/contracts/api';
import { Link } from 'wouter';
import { call } from '../api/client.ts';
import { useSession, useTenantName } from '../session.ts';
import { Flyout } from '../ui/flyout.tsx';
import { Icon } from '../ui/icons.tsx';
import { Age } from '../ui/time-view.tsx';
import css from './notices.module.css';
import { placeOf } from './place.ts';
import { t } from './strings/strings.ts';

/** What others want of the person who is signed in: mentions, answers, dates that have passed. */
export function Notices() {
  const client = useQueryClient();
  const { tenants } = useSession();
  const nameOf = useTenantName();
  const query = useQuery({
    queryKey: ['notices'],
    refetchInterval: 20_000,
    queryFn: ({ signal }) => call<NoticeList>('GET', '/api/notices', undefined, signal),
  });
  const read = useMutation({
    mutationFn: (ids?: string[]) => call('POST', '/api/notices/read', ids === undefined ? {} : { ids }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['notices'] }),
  });
  const { items, unread } = query.data ?? { items: [], unread: 0 };
  return (
    <Flyout
      label={t.title(unread)}
      button={
        <>
          <Icon name="comment" size={17} />
          {unread > 0 && <span className={css.badge}>{unread > 99 ? '99+' : unread}</span>}
        </>
      }
    >
      {(close) => (
        <div className={css.list} data-testid="notices">
          {items.length === 0 && <p className="small">{t.none}</p>}
          <ul>
            {items.map((notice) => (
              <li key={notice.id} data-unread={notice.readAt === null || undefined} data-kind={notice.kind}>
                <Link
                  href={placeOf(notice)}
                  onClick={() => {
                    // On the very page nothing arrives anew.
                    document.getElementById(placeOf(notice).split('#')[1] ?? '')?.scrollIntoView();
                    if (notice.readAt === null) read.mutate([notice.id]);
                    close();
                  }}
                >
                  {t.kinds[notice.kind](notice.actor)}
                </Link>
                <p className="wrap">{notice.excerpt}</p>
                <p className="hint">
                  INC-{notice.incident} · {tenants.length > 1 && `${nameOf(notice.tenant)} · `}
                  <Age at={notice.at} suffix />
                </p>
              </li>
            ))}
          </ul>
          {unread > 0 && (
            <button type="button" className="btn small" onClick={() => read.mutate(undefined)}>
              {t.readAll}
            </button>
          )}
        </div>
      )}
    </Flyout>
  );
}
