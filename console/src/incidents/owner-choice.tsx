import { useQuery } from '@tanstack/react-query';
import type { KeyboardEvent } from 'react';
import { queries } from '../api/queries.ts';
import type { IncidentOwners, IncidentSummary } from '../api/types.ts';
import { useIncidentActions } from './actions.ts';
import css from './incidents.module.css';
import { t } from './strings.ts';

/** Whose an incident is, and to whom it can be given in place: those on call stand first. */
export function OwnerChoice({ incident }: { incident: Pick<IncidentSummary, 'id' | 'tenant' | 'owner'> }) {
  const { id, tenant, owner } = incident;
  const { data } = useQuery(queries.owners());
  const actions = useIncidentActions();
  const people = (data?.items ?? []).filter((each) => canOwn(each, [tenant]));
  const groups = [
    { label: t.onDuty, people: people.filter(({ onDuty }) => onDuty) },
    { label: t.offDuty, people: people.filter(({ onDuty }) => !onDuty) },
  ].filter((group) => group.people.length > 0);
  const give = (to: string) => {
    const person = people.find((each) => each.id === to);
    if (person !== undefined) actions.handTo([id], person);
    else void actions.change(id, { owner: null }, t.handed(`INC-${id}`, t.nobody));
  };
  return (
    <select
      className={`select ${css.ownerChoice}`}
      aria-label={t.ownerOf(id)}
      disabled={actions.pending || data === undefined}
      value={owner?.id ?? ''}
      onKeyDown={openFirst}
      onChange={(event) => give(event.target.value)}
    >
      <option value="">{t.nobody}</option>
      {owner !== null && !people.some((each) => each.id === owner.id) && (
        <option value={owner.id}>{owner.name}</option>
      )}
      {groups.map((group) => (
        <optgroup key={group.label} label={group.label}>
          {group.people.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

/** Whether somebody may see all of some tenants, and so own their incidents. */
export function canOwn({ tenants }: IncidentOwners['items'][number], all: readonly string[]): boolean {
  return tenants === null || all.every((each) => tenants.includes(each));
}

/** A closed list would change with each arrow or letter, and hand the incident to everybody on the way. */
function openFirst(event: KeyboardEvent<HTMLSelectElement>): void {
  const changes = event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End';
  if ((!changes && event.key.length > 1) || event.ctrlKey || event.metaKey) return;
  if (typeof event.currentTarget.showPicker !== 'function') return;
  event.preventDefault();
  event.currentTarget.showPicker();
}
