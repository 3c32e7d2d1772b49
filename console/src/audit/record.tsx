import type { AuditView } from '@vigie/contracts/api';
import { Fragment, useId, useState } from 'react';
import { Link } from 'wouter';
import { useTenantName } from '../session.ts';
import { Icon } from '../ui/icons.tsx';
import { At } from '../ui/time-view.tsx';
import css from './audit.module.css';
import { t } from './strings.ts';

/** One record, and on demand what it says about the change. */
export function Record({ record, onPerson }: { record: AuditView; onPerson: (person: string) => void }) {
  const [open, setOpen] = useState(false);
  const details = useId();
  const nameOf = useTenantName();
  const { actor, object, outcome } = record;
  const name = actor.erased ? t.erased : (actor.name ?? actor.email ?? t.kinds[actor.kind]);
  const find = actor.id ?? actor.email ?? actor.address;
  return (
    <>
      <tr data-testid="audit-row">
        <td className={css.time}>
          <At at={record.at} />
        </td>
        <td>
          {find === null || actor.erased ? (
            <span className="wrap">{name}</span>
          ) : (
            <button type="button" className={css.person} onClick={() => onPerson(find)}>
              {name}
            </button>
          )}
          <div className="hint">
            {t.kinds[actor.kind]}
            {actor.address !== null && ` · ${actor.address}`}
          </div>
        </td>
        <td>
          <code>{record.action}</code>
          <div className="hint">{record.tenant === null ? t.provider : nameOf(record.tenant)}</div>
        </td>
        <td className="wrap">
          <What object={object} erased={record.erased} text={record.text} />
        </td>
        <td>
          <span className={css.outcome} data-outcome={outcome} title={helpOf(outcome)}>
            {t.outcomes[outcome]}
          </span>
          {record.status !== null && <div className="hint">{record.status}</div>}
        </td>
        <td className="num">
          <button
            type="button"
            className="btn quiet small icon"
            aria-label={`${t.details}: ${t.record(record.seq)}`}
            aria-expanded={open}
            aria-controls={details}
            onClick={() => setOpen(!open)}
          >
            <Icon name={open ? 'minus' : 'plus'} size={13} />
          </button>
        </td>
      </tr>
      {open && (
        <tr id={details} className={css.details}>
          <td colSpan={6}>
            <Changes record={record} />
            <p className="hint">
              {t.record(record.seq)} · <code className="wrap">{record.hash}</code>
            </p>
          </td>
        </tr>
      )}
    </>
  );
}

function What({ object, erased, text }: Pick<AuditView, 'object' | 'erased' | 'text'>) {
  const shown = object === null ? null : (object.label ?? object.id);
  return (
    <>
      {object !== null &&
        (object.kind === 'incident' && object.id !== null ? (
          <Link href={`/incidents/${object.id}`}>INC-{object.id}</Link>
        ) : (
          <>
            <span className="muted">{object.kind}</span> {shown}
          </>
        ))}
      {erased && <span className="muted"> {t.erased}</span>}
      {text !== null && <div className={css.text}>{text}</div>}
    </>
  );
}

function Changes({ record }: { record: AuditView }) {
  if (record.changes.length === 0) return <p className="small muted">{t.noDetails}</p>;
  return (
    <dl className={css.changes}>
      {record.changes.map((change) => (
        <Fragment key={change.field}>
          <dt className="mono">{change.field}</dt>
          <dd>
            {'before' in change && (
              <>
                <span className="visually-hidden">{t.before} </span>
                <del>{textOf(change.before)}</del>
                {' → '}
              </>
            )}
            <span className="visually-hidden">{t.after} </span>
            <ins>{textOf(change.after)}</ins>
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function helpOf(outcome: AuditView['outcome']): string | undefined {
  return outcome === 'unknown' ? t.outcomeHelp.unknown : undefined;
}
