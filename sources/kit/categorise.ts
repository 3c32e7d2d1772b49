import type { EcsFields } from '@vigie/contracts';
import type { ALLOWED } from './ecs-types.ts';

export type EventCategory = (typeof ALLOWED)['event.category'][number];
export type EventType = (typeof ALLOWED)['event.type'][number];
export type EventOutcome = (typeof ALLOWED)['event.outcome'][number];

/** What happened, in ECS's four words. Lists are shared between events and never changed in place. */
export interface Categorisation {
  readonly category: readonly EventCategory[];
  readonly type: readonly EventType[];
  readonly action?: string;
  readonly outcome?: EventOutcome;
}

/** Writes `event.category`, `event.type`, `event.action` and `event.outcome`; absent parts are left alone. */
export function categorise(doc: EcsFields, what: Categorisation): void {
  // Fresh lists: a later stage may append to a list of its event.
  doc['event.category'] = what.category.slice();
  doc['event.type'] = what.type.slice();
  if (what.action !== undefined) doc['event.action'] = what.action;
  if (what.outcome !== undefined) doc['event.outcome'] = what.outcome;
}
