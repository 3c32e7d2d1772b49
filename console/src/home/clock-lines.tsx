import type { ClockBoardItem } from '@vigie/contracts/api';
import { Link } from 'wouter';
import { useClockName } from '../clocks/clock-name.ts';
import { ClockState, Remaining } from '../clocks/clock-state.tsx';
import { useSeveralTenants, useTenantName } from '../session.ts';
import css from './home.module.css';
import { t } from './strings.ts';

/** A line about a clock: how it stands, what for, whose. */
export function ClockLine({ item }: { item: ClockBoardItem }) {
  const nameOf = useClockName();
  const tenantName = useTenantName();
  const several = useSeveralTenants();
  const { incident, clock } = item;
  return (
    <>
      <ClockState state={clock.state} />
      <Link href={`/incidents/${incident.id}`} className={css.main}>
        <span className={css.id}>INC-{incident.id}</span> {incident.title}
      </Link>
      <span className={css.aside}>
        {nameOf(clock.kind)} <Remaining clock={clock} /> · {incident.owner?.name ?? t.nobody}
        {several && ` · ${tenantName(incident.tenant)}`}
      </span>
    </>
  );
}
