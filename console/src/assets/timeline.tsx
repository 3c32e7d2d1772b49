import { useInfiniteQuery } from '@tanstack/react-query';
import type { AssetDetail, AssetTimelineEntry } from '@vigie/contracts/api';
import { type FormEvent, useState } from 'react';
import { Link } from 'wouter';
import { Severity } from '../ui/severity.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { At } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import css from './assets.module.css';
import { useAssetChange } from './changes.ts';
import { assetQueries, pathOf } from './queries.ts';
import { t } from './strings.ts';

/** What happened around an asset, newest first, and a place to say something. */
export function AssetTimelineView({ asset }: { asset: AssetDetail }) {
  const query = useInfiniteQuery(assetQueries.timeline(asset.tenant, asset.id));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-labelledby="asset-timeline">
      <h2 id="asset-timeline">{t.timeline}</h2>
      {asset.mayComment && <Composer asset={asset} />}
      {query.isPending ? (
        <SkeletonRows rows={6} />
      ) : query.isError && items.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <>
          <ol className={css.timeline} data-testid="asset-timeline">
            {items.map((entry, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id, and new ones come with a new list
              <Entry key={index} tenant={asset.tenant} entry={entry} />
            ))}
          </ol>
          {items.length === 0 && <p className="muted">{t.nothing}</p>}
          {query.hasNextPage && (
            <button
              type="button"
              className="btn"
              disabled={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              {t.older}
            </button>
          )}
        </>
      )}
    </section>
  );
}

function Entry({ tenant, entry }: { tenant: string; entry: AssetTimelineEntry }) {
  const { at, kind, text, level, incident, event, actor } = entry;
  return (
    <li data-kind={kind}>
      <span className={css.when}>
        <At at={at} />
      </span>
      <span className={css.entryKind}>{t.kindsOf[kind]}</span>
      <span className={css.entryText}>
        {level !== undefined && <Severity level={level} compact />}{' '}
        {incident === undefined ? (
          <span className="wrap">{text}</span>
        ) : (
          <Link href={`/incidents/${incident}`} className="wrap">
            {text}
          </Link>
        )}
        {event !== undefined && (
          <>
            {' '}
            <Link
              href={`/events?${new URLSearchParams({ tenant, event: event.id, at: String(event.at), from: String(Math.floor(event.at - 60_000)), to: String(Math.ceil(event.at + 60_000)) })}`}
            >
              {t.openEvent}
            </Link>
          </>
        )}
        {actor !== undefined && <span className="hint"> {actor}</span>}
      </span>
    </li>
  );
}

function Composer({ asset }: { asset: AssetDetail }) {
  const [text, setText] = useState('');
  const change = useAssetChange<undefined>(() => {
    toast(t.sent);
    setText('');
  });
  const send = () => {
    if (text.trim() !== '' && !change.isPending)
      change.mutate({ path: `${pathOf(asset.tenant, asset.id)}/comments`, body: { text: text.trim() } });
  };
  return (
    <form
      className={css.composer}
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        className="input"
        rows={2}
        maxLength={10_000}
        aria-label={t.comment}
        placeholder={t.commentPlaceholder}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
        }}
      />
      <button type="submit" className="btn small" disabled={text.trim() === '' || change.isPending}>
        {t.send}
      </button>
    </form>
  );
}
