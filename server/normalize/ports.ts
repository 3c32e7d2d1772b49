import type { EcsFields, RawLog } from '@vigie/contracts';

/**
 * Adds what the log itself does not say (country, asset, user) to a document, before it becomes an event.
 * It must not throw for what a log holds: logs are hostile input.
 */
export type Enrich = (fields: EcsFields, raw: RawLog) => void;

/** Gives a raw log its event id: 32 lower-case hexadecimal digits, unique within the tenant. */
export type AssignId = (raw: RawLog) => string;
