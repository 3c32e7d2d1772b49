import { useQuery } from '@tanstack/react-query';
import type { AssetDetail } from '@vigie/contracts/api';
import { useState } from 'react';
import { Link, useParams } from 'wouter';
import { ApiFailure } from '../api/client.ts';
import { Criticality } from '../asset-marks/criticality.tsx';
import { t as marks } from '../asset-marks/strings.ts';
import { Handlings } from '../asset-marks/warnings.tsx';
import { scoped, useTenantName } from '../session.ts';
import { Confirm } from '../ui/confirm.tsx';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import css from './assets.module.css';
import { useAssetChange } from './changes.ts';
import { EditDialog } from './dialogs.tsx';
import { assetQueries, pathOf } from './queries.ts';
import { AssetSide } from './side.tsx';
import { t } from './strings.ts';
import { AssetTimelineView } from './timeline.tsx';

/** One machine or person by its address. */
export default function AssetPage() {
  const { tenant, id } = useParams<{ tenant: string; id: string }>();
  const query = useQuery(assetQueries.one(tenant, id));
  useTitle(query.data?.name ?? t.title);
  if (query.data !== undefined) return <One asset={query.data} />;
  const missing = query.error instanceof ApiFailure && query.error.status === 404;
  return (
    <div className="page">
      <Back />
      {missing ? (
        <Empty title={t.notFound}>{t.notFoundText}</Empty>
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <SkeletonRows rows={12} />
      )}
    </div>
  );
}

function Back() {
  return (
    <p className={css.back}>
      <Link href={scoped('/assets')}>
        <Icon name="back" size={12} /> {t.back}
      </Link>
    </p>
  );
}

function One({ asset }: { asset: AssetDetail }) {
  const nameOf = useTenantName();
  const [dialog, setDialog] = useState<'edit' | 'erase' | null>(null);
  const erase = useAssetChange<undefined>(() => setDialog(null));
  return (
    <article className={css.one}>
      <Back />
      <header className={css.oneHead}>
        <p className={css.meta}>
          <Criticality level={asset.criticality} />
          <span>{asset.type === '' ? t.kind[asset.kind] : t.types[asset.type]}</span>
          <Link href={`/assets?tenant=${asset.tenant}`}>{nameOf(asset.tenant)}</Link>
          <span className="muted">
            {asset.lastAt === null ? t.notSeen : <Age at={asset.lastAt} suffix />}
          </span>
        </p>
        <h1 data-testid="asset-name">{asset.name}</h1>
        {asset.erased && <p className="notice">{t.erased}</p>}
        {(asset.note !== '' || asset.handling.length > 0 || asset.maintenance !== null) && (
          <div
            className={`notice ${asset.handling.length > 0 ? 'bad' : 'warn'} ${css.mind}`}
            data-testid="asset-mind"
          >
            <Handlings mark={asset} />
            {asset.note !== '' && <p className={css.prose}>{asset.note}</p>}
          </div>
        )}
        {asset.mayEdit && (
          <div className="row">
            <button type="button" className="btn primary" onClick={() => setDialog('edit')}>
              {t.edit}
            </button>
            {asset.mayErase && asset.kind === 'user' && (
              <button type="button" className="btn" onClick={() => setDialog('erase')}>
                {t.erase}
              </button>
            )}
          </div>
        )}
      </header>
      <div className={css.columns}>
        <div className={css.story}>
          <Risk asset={asset} />
          <AssetTimelineView asset={asset} />
        </div>
        <AssetSide asset={asset} />
      </div>
      {dialog === 'edit' && <EditDialog asset={asset} onClose={() => setDialog(null)} />}
      {dialog === 'erase' && (
        <Confirm
          title={t.eraseTitle}
          text={t.eraseText}
          action={t.eraseDo}
          onCancel={() => setDialog(null)}
          onConfirm={() => erase.mutate({ path: `${pathOf(asset.tenant, asset.id)}/erase` })}
        />
      )}
    </article>
  );
}

/** The figure, and what it is made of. */
function Risk({ asset }: { asset: AssetDetail }) {
  return (
    <section aria-labelledby="asset-risk" className={css.riskBox} data-testid="asset-risk">
      <h2 id="asset-risk">{t.risk}</h2>
      <p className={css.riskFigure}>
        <strong>{asset.risk}</strong> <span className="muted">/ 100</span>
      </p>
      <meter
        className={css.meter}
        min={0}
        low={40}
        high={70}
        optimum={0}
        max={100}
        value={asset.risk}
        aria-labelledby="asset-risk"
      />
      <ul>
        {asset.riskTerms.map(({ term, points, value }) => (
          <li key={term}>
            <span>
              {t.riskTerm[term](
                term === 'criticality' ? marks.criticality[value as keyof typeof marks.criticality] : value,
              )}
            </span>
            <span className="mono">+{points}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
