import type { AssetView } from '@vigie/contracts/api';
import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { Criticality } from '../asset-marks/criticality.tsx';
import { t as marks } from '../asset-marks/strings.ts';
import { useTenantName } from '../session.ts';
import { Age } from '../ui/time-view.tsx';
import css from './assets.module.css';
import { t } from './strings.ts';

/** One asset of the list. The whole row opens it; the name is the link that assistive technology sees. */
export function AssetRow(props: {
  asset: AssetView;
  index: number;
  active: boolean;
  selected: boolean;
  showTenant: boolean;
  onActivate: () => void;
  onSelect: (() => void) | undefined;
  onOpen: () => void;
}) {
  const { asset, active, selected } = props;
  const nameOf = useTenantName();
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (active && document.activeElement !== link.current) link.current?.focus({ preventScroll: true });
  }, [active]);
  return (
    <tr
      className={css.row}
      data-testid="asset-row"
      data-active={active || undefined}
      data-selected={selected || undefined}
      aria-rowindex={props.index + 2}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest('a, input') === null) props.onOpen();
      }}
    >
      <td className={css.check}>
        {props.onSelect !== undefined && (
          <input
            type="checkbox"
            checked={selected}
            aria-label={t.select(asset.name)}
            onChange={props.onSelect}
          />
        )}
      </td>
      <td className={css.main}>
        <Link
          ref={link}
          href={`/assets/${asset.tenant}/${asset.id}`}
          className={css.assetName}
          onFocus={props.onActivate}
        >
          {asset.name}
        </Link>
        <div className="hint truncate">
          {asset.type === '' ? t.kind[asset.kind] : t.types[asset.type]}
          {asset.note !== '' && ` · ${asset.note}`}
          {asset.tags.length > 0 && ` · ${asset.tags.join(', ')}`}
        </div>
      </td>
      {props.showTenant && <td className={`truncate ${css.tenant}`}>{nameOf(asset.tenant)}</td>}
      <td className={css.crit}>
        <Criticality level={asset.criticality} />
      </td>
      <td className={`truncate ${css.handlingColumn}`}>
        {asset.handling.map((each) => marks.handling[each]).join(', ')}
      </td>
      <td className={css.ownerColumn}>
        <div className="truncate">{asset.owner}</div>
        <div className="hint truncate">{asset.site}</div>
      </td>
      <td className={css.seen}>
        {asset.lastAt === null ? <span className="muted">{t.notSeen}</span> : <Age at={asset.lastAt} />}
      </td>
      <td className={css.riskColumn}>
        <span className={css.risk} data-high={asset.risk >= 50 || undefined}>
          {asset.risk}
        </span>
      </td>
    </tr>
  );
}
