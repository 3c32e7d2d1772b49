import { useQuery } from '@tanstack/react-query';
import type { AssetDetail } from '@vigie/contracts/api';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Criticality } from '../asset-marks/criticality.tsx';
import { telephone } from '../ui/telephone.ts';
import { Age } from '../ui/time-view.tsx';
import css from './assets.module.css';
import { useAssetChange } from './changes.ts';
import { assetQueries, pathOf } from './queries.ts';
import { t } from './strings.ts';

/** Facts beside the story. */
export function AssetSide({ asset }: { asset: AssetDetail }) {
  const { tenant } = asset;
  const path = pathOf(tenant, asset.id);
  const change = useAssetChange<AssetDetail>(() => undefined);
  return (
    <aside className={css.side} aria-label={t.facts}>
      <dl className="facts">
        <dt>{asset.kind === 'user' ? t.ownerOfUser : t.owner}</dt>
        <dd>{asset.owner || t.nobody}</dd>
        {/* What somebody wrote; with a site of the tenant and nothing written, that one says it all. */}
        {(asset.site !== '' || asset.place === null) && (
          <>
            <dt>{t.site}</dt>
            <dd>{asset.site || t.nobody}</dd>
          </>
        )}
        {asset.place !== null && (
          <>
            <dt>{t.place}</dt>
            <dd>
              {asset.place.site}
              <span className="hint wrap">
                {' '}
                {t.placeBy[asset.place.by](asset.place.rule, asset.place.address ?? '')}
              </span>
            </dd>
          </>
        )}
        {asset.phone !== '' && (
          <>
            <dt>{t.phone}</dt>
            <dd>
              <a href={telephone(asset.phone)}>{asset.phone}</a>
            </dd>
          </>
        )}
        {asset.os !== '' && (
          <>
            <dt>{t.os}</dt>
            <dd>{asset.os}</dd>
          </>
        )}
        <dt>{t.firstSeen}</dt>
        <dd>{asset.firstAt === null ? t.notSeen : <Age at={asset.firstAt} suffix />}</dd>
        <dt>{t.lastSeen}</dt>
        <dd>{asset.lastAt === null ? t.notSeen : <Age at={asset.lastAt} suffix />}</dd>
        {asset.tags.length > 0 && (
          <>
            <dt>{t.tags}</dt>
            <dd>{asset.tags.join(', ')}</dd>
          </>
        )}
      </dl>
      <Section title={t.proposals} items={asset.proposals}>
        {({ id, name, because }) => (
          <li key={id} className={css.decide}>
            <span>
              <Link href={`/assets/${tenant}/${id}`} className="wrap">
                {name}
              </Link>
              <span className="hint wrap"> {t.because(because)}</span>
            </span>
            {asset.mayEdit && (
              <button
                type="button"
                className="btn small"
                disabled={change.isPending}
                onClick={() => change.mutate({ path: `${path}/merge`, body: { with: id } })}
              >
                {t.same}
              </button>
            )}
          </li>
        )}
      </Section>
      <Section title={t.merged} items={asset.merges}>
        {({ id, name, at, actor }) => (
          <li key={id} className={css.decide}>
            <span>
              <span className="wrap">{name}</span>
              <span className="hint">
                {' '}
                {actor ?? t.byRule}, <Age at={at} suffix />
              </span>
            </span>
            {asset.mayEdit && (
              <button
                type="button"
                className="btn small"
                disabled={change.isPending}
                onClick={() => change.mutate({ path: `${path}/merges/${id}/undo` })}
              >
                {t.takeOut}
              </button>
            )}
          </li>
        )}
      </Section>
      <Section title={t.identifiers} items={asset.identifiers}>
        {({ type, value, shared }) => (
          <li key={`${type}:${value}`}>
            <span className="mono wrap">
              {type === 'host-id' || type === 'guid' ? value.replace(/^[^:]*:/, '') : value}
            </span>
            <span className="hint">
              {' '}
              {t.identifier[type] ?? type}
              {shared && `, ${t.shared}`}
            </span>
          </li>
        )}
      </Section>
      <Section title={t.addresses} items={asset.addresses.slice(0, 20)}>
        {({ ip, firstAt, lastAt }) => (
          <li key={`${ip} ${firstAt}`}>
            <span className="mono">{ip}</span>{' '}
            <span className="hint">
              <Age at={lastAt} suffix />
            </span>
          </li>
        )}
      </Section>
      <Section title={asset.kind === 'host' ? t.usedBy : t.uses} items={asset.uses.slice(0, 20)}>
        {({ id, name, criticality, lastAt }) => (
          <li key={id}>
            <Link href={`/assets/${tenant}/${id}`} className="wrap">
              {name}
            </Link>{' '}
            {(criticality === 'high' || criticality === 'critical') && (
              <Criticality level={criticality} compact />
            )}{' '}
            <span className="hint">
              <Age at={lastAt} suffix />
            </span>
          </li>
        )}
      </Section>
      <Peers asset={asset} />
      {asset.software.length > 0 && (
        <details>
          <summary>{t.software(asset.software.length)}</summary>
          <ul className={css.facts}>
            {asset.software.map(({ name, version }) => (
              <li key={`${name} ${version}`} className="wrap">
                {name} <span className="muted">{version}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </aside>
  );
}

/** With whom it talks, and which sources see it. */
function Peers({ asset }: { asset: AssetDetail }) {
  const { tenant } = asset;
  const { data } = useQuery(assetQueries.peers(tenant, asset.id));
  return (
    <>
      <section>
        <h2>{t.peers}</h2>
        {data?.items.length === 0 && <p className="hint">{t.noPeers}</p>}
        <ul className={css.facts}>
          {data?.items.map(({ ip, count, asset: known }) => (
            <li key={ip}>
              <span className="mono">{ip}</span>{' '}
              {known !== null && (
                <Link href={`/assets/${tenant}/${known.id}`} className="wrap">
                  {known.name}
                </Link>
              )}{' '}
              <span className="hint">{count}</span>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h2>{t.sources}</h2>
        <ul className={css.facts}>
          {asset.sources.map(({ id, lastAt }) => (
            <li key={id}>
              <Link href={`/sources/${tenant}/${id}`}>{id}</Link>{' '}
              <span className="hint">
                <Age at={lastAt} suffix />
              </span>
            </li>
          ))}
        </ul>
        {data !== undefined && data.unseen.length > 0 && (
          <details>
            <summary>{t.unseen(data.unseen.length)}</summary>
            <ul className={css.facts}>
              {data.unseen.map(({ id, name }) => (
                <li key={id}>
                  <Link href={`/sources/${tenant}/${id}`}>{name}</Link>
                </li>
              ))}
            </ul>
          </details>
        )}
      </section>
    </>
  );
}

function Section<T>(props: { title: string; items: readonly T[]; children: (item: T) => ReactNode }) {
  if (props.items.length === 0) return null;
  return (
    <section>
      <h2>{props.title}</h2>
      <ul className={css.facts}>{props.items.map(props.children)}</ul>
    </section>
  );
}
