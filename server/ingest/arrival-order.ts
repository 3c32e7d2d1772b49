import type { Event, EventBatch } from '@vigie/contracts';
import { placeOf } from './event-id.ts';

/**
 * Puts batches that were read back from the store into the order in which their logs arrived. The store keeps
 * the order of their times only, and many logs have times of whole seconds: what came after what within one
 * second decides whether a sequence of events is an attack.
 *
 * Logs with an identity of their own (imports) carry no place: they follow in the order of the store.
 */
export async function* inArrivalOrder(batches: AsyncIterable<EventBatch>): AsyncGenerator<EventBatch> {
  for await (const batch of batches) yield arrange(batch);
}

function arrange({ sequence, events }: EventBatch): EventBatch {
  const placed: { readonly place: number; readonly event: Event }[] = [];
  const others: Event[] = [];
  for (const event of events) {
    const place = placeOf(event.id, sequence);
    if (place === undefined) others.push(event);
    else placed.push({ place, event });
  }
  placed.sort((a, b) => a.place - b.place);
  return { sequence, events: [...placed.map(({ event }) => event), ...others] };
}
