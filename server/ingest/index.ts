/** From a collector to the store: batches, their numbers, acknowledgements. */
export { IngestError } from './errors.ts';
export { contentDigest, keyedId, liveId } from './event-id.ts';
export { Ingest, type IngestOptions } from './ingest.ts';
export type * from './ports.ts';
