import type { AssetView } from '@vigie/contracts/api';
import { Criticality } from '../asset-marks/criticality.tsx';
import { t as marks } from '../asset-marks/strings.ts';
import { useTenantName } from '../session.ts';
import list from '../ui/list/list.module.css';
import { Row, RowTitle } from '../ui/list/row.tsx';
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
  const { asset, active } = props;
  const nameOf = useTenantName();
  return (
    <Row
      index={props.index}
      className={css.row}
      active={active}
      selected={props.selected}
      check={
        props.onSelect === undefined ? undefined : { label: t.select(asset.name), onChange: props.onSelect }
      }
      onOpen={props.onOpen}
      data={{ 'data-testid': 'asset-row' }}
    >
      <td className={css.main}>
        <RowTitle href={`/assets/${asset.tenant}/${asset.id}`} active={active} onFocus={props.onActivate}>
          {asset.name}
        </RowTitle>
        <div className="hint truncate">
          {asset.type === '' ? t.kind[asset.kind] : t.types[asset.type]}
          {asset.note !== '' && ` · ${asset.note}`}
          {asset.tags.length > 0 && ` · ${asset.tags.join(', ')}`}
        </div>
      </td>
      {props.showTenant && (
        <td className={css.tenant}>
          <span className={list.two} title={nameOf(asset.tenant)}>
            {nameOf(asset.tenant)}
          </span>
        </td>
      )}
      <td className={css.crit}>
        <Criticality level={asset.criticality} />
      </td>
      <td className={css.handlingColumn}>
        <span className={list.two}>{asset.handling.map((each) => marks.handling[each]).join(', ')}</span>
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
    </Row>
  );
}
