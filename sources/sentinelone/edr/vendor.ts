/** Prefix of what has no ECS field, under SentinelOne's own names. */
export const VENDOR = 'sentinelone.';
