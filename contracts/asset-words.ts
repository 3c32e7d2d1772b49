/** What an asset is; the first ones are of machines, the last of accounts. Empty: not said. */
export const ASSET_TYPES = [
  '',
  'workstation',
  'server',
  'network-device',
  'medical-device',
  'industrial',
  'mobile',
  'other-device',
  'person',
  'service',
  'admin',
  'shared',
] as const;

/** How much depends on an asset, least first. */
export const CRITICALITIES = ['low', 'normal', 'high', 'critical'] as const;

/** What automation must not do with an asset, or must ask first. */
export const HANDLINGS = ['never-isolate', 'call-first', 'no-scan'] as const;

export const ASSET_SORTS = ['name', 'risk', 'seen', 'criticality'] as const;

/** How many assets of a list are counted; one more means: more than that. */
export const ASSETS_COUNTED = 10_000;

/** Columns that an import of assets knows. */
export const IMPORT_FIELDS = [
  'kind',
  'name',
  'type',
  'criticality',
  'owner',
  'site',
  'note',
  'handling',
  'phone',
  'tags',
  'os',
  'ip',
  'mac',
  'fqdn',
  'sid',
  'guid',
  'host-id',
  'address',
  'software',
] as const;

/** Longest file of an import, characters. */
export const MAX_IMPORT_BYTES = 8 * 1024 * 1024;
