import type { AssetMark } from '@vigie/contracts/api';
import type { AlertReview, LooseAlert } from '../api/types.ts';
import { RowWarning } from '../asset-marks/warnings.tsx';
import { useTenantName } from '../session.ts';
import { Entities, fitting } from '../ui/chips.tsx';
import { Icon } from '../ui/icons.tsx';
import list from '../ui/list/list.module.css';
import { Row } from '../ui/list/row.tsx';
import { Severity } from '../ui/severity.tsx';
import { Age } from '../ui/time-view.tsx';
import { verdictText } from '../verdict/words.ts';
import css from './alerts.module.css';
import { Explanation } from './explanation.tsx';
import type { Line } from './groups.ts';
import { t } from './strings.ts';

type As = AlertReview['as'];

/** A group of alerts, which opens, or one alert of an opened group; and what can be done with it. */
export function AlertRow(props: {
  readonly line: Line;
  readonly index: number;
  /** Width of the column of titles, pixels. */
  readonly room: number;
  readonly showTenant: boolean;
  readonly active: boolean;
  readonly opened: boolean;
  readonly onActivate: () => void;
  readonly onToggle: () => void;
  /** Undefined: the reader may look only. */
  readonly onDispose: ((as: As) => void) | undefined;
  readonly onPromote: () => void;
  /** What must be said of its machines and people. */
  readonly marks: readonly AssetMark[] | undefined;
  /** Whether it says why it is loose, which one alert by itself can. */
  readonly explained: boolean;
  readonly onExplain: () => void;
  /** Puts it into an incident. */
  readonly onJoin: ((to: number) => void) | undefined;
}) {
  const { line, opened, onDispose, onJoin } = props;
  const nameOf = useTenantName();
  const [first] = line.alerts as [LooseAlert, ...LooseAlert[]];
  const entities = entitiesOf(line.alerts);
  const chips = fitting(
    entities.map(({ value }) => value),
    // What stands before them, and the frame of the column.
    props.room -
      (line.alerts.length > 1 ? 76 : 0) -
      (first.reviewed === null ? 0 : 170) -
      (line.single ? 60 : 44),
  );
  const one = line.alerts.length === 1;
  return (
    <>
      <Row
        index={props.index}
        className={line.single ? `${css.row} ${css.each}` : css.row}
        active={props.active}
        onFocus={props.onActivate}
        data={{ 'data-testid': line.single ? 'loose-alert' : 'loose-group' }}
      >
        <td className={css.main}>
          <div className={css.titleLine}>
            <Severity level={line.level} compact />
            {line.single ? (
              <span className={list.title}>{line.title}</span>
            ) : (
              <button
                type="button"
                className={css.title}
                aria-expanded={opened}
                title={opened ? t.collapse : t.expand}
                onClick={props.onToggle}
              >
                <span className={list.title}>
                  <Icon name={opened ? 'down' : 'next'} size={10} /> {line.title}
                </span>
              </button>
            )}
          </div>
          <div className={css.below}>
            {line.alerts.length > 1 && <span className="muted">{t.alerts(line.alerts.length)}</span>}
            {first.reviewed !== null && (
              <span className="muted">
                {first.verdict !== null && `${verdictText(first.verdict)} `}
                {t.by(first.reviewed.by)}
              </span>
            )}
            <RowWarning marks={props.marks} />
            <Entities items={entities} max={chips.count} />
          </div>
        </td>
        {props.showTenant && (
          <td className={css.tenant}>
            <span className={list.two} title={nameOf(line.tenant)}>
              {nameOf(line.tenant)}
            </span>
          </td>
        )}
        <td className={css.rarity}>
          {line.routine
            ? t.rarity.routine
            : line.rarity >= 6
              ? t.rarity.new
              : line.rarity >= 2
                ? t.rarity.rare
                : t.rarity.usual}
        </td>
        <td className={css.count} title={t.detections(line.detections)}>
          {line.detections}
        </td>
        <td className={css.last}>
          <Age at={line.lastAt} />
        </td>
        <td className={css.actionCell}>
          <div className={css.actions}>
            {one && (
              <button
                type="button"
                className="btn quiet small"
                aria-expanded={props.explained}
                onClick={props.onExplain}
              >
                {t.why.button}
              </button>
            )}
            {onDispose !== undefined && (
              <>
                {first.reviewed === null ? (
                  <>
                    <Button label={t.routine} onClick={() => onDispose('routine')} />
                    <Button label={t.wrong} onClick={() => onDispose('false-positive')} />
                    <Button label={t.seen} onClick={() => onDispose('seen')} />
                  </>
                ) : (
                  <Button label={t.reopen} onClick={() => onDispose('open')} />
                )}
                <Button label={t.promote} onClick={props.onPromote} />
              </>
            )}
          </div>
        </td>
      </Row>
      {props.explained && one && (
        <tr className={css.whyRow}>
          <td colSpan={props.showTenant ? 6 : 5}>
            <Explanation alert={first} onJoin={onJoin} />
          </td>
        </tr>
      )}
    </>
  );
}

function Button({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button type="button" className="btn quiet small" onClick={onClick}>
      {label}
    </button>
  );
}

/** The entities of all, each once. */
export function entitiesOf(alerts: readonly LooseAlert[]): LooseAlert['entities'] {
  const all = new Map(
    alerts.flatMap(({ entities }) => entities.map((each) => [`${each.type} ${each.value}`, each] as const)),
  );
  return [...all.values()];
}
