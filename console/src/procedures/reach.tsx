import type { TellPerson } from '@vigie/contracts/api';
import { roleNames } from '../access/role-names.ts';
import { t as contacts } from '../contacts/strings.ts';
import { At } from '../ui/time-view.tsx';
import css from './procedures.module.css';
import { t } from './strings.ts';

/** What they are there for, their number, and when they can be reached. */
export function Reach({ person }: { person: TellPerson }) {
  const what = [
    ...person.functions.map((each) => contacts.whom[each]),
    ...(person.role === null ? [] : [roleNames[person.role]]),
    ...(person.onCall ? [t.tell.onCall] : []),
  ];
  return (
    <span className="small">
      {what.length > 0 && <span className="muted">{what.join(', ')} </span>}
      {person.phone !== null && (
        <a className="mono" href={`tel:${person.phone.replaceAll(/[^+\d]/g, '')}`}>
          {person.phone}
        </a>
      )}{' '}
      {person.reachable ? (
        <span className={css.now}>{t.tell.now}</span>
      ) : person.reachableAt === null ? (
        t.tell.never
      ) : (
        <>
          {t.tell.from} <At at={person.reachableAt} />
        </>
      )}
    </span>
  );
}
