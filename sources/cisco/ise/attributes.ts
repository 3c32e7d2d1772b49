import type { EcsFields } from '@vigie/contracts';
import type { Attributes } from './pairs.ts';

/** Prefix of what has no ECS field. */
export const VENDOR = 'cisco.ise.';

/** Attributes that only ISE's support needs, or that stand in ECS fields. */
const LEFT_OUT = new Set([
  'Step',
  'StepData',
  'StepLatency',
  'TotalAuthenLatency',
  'ClientLatency',
  'RequestLatency',
  'ConfigVersionId',
  'User-Name',
  'UserName',
  'Response',
  'Protocol',
  'NAS-IP-Address',
  'DestinationIPAddress',
  'DestinationPort',
  'Device IP Address',
  'cisco-av-pair',
  'CmdSet',
]);
const MAX_NAMES = 2_048;
const names = new Map<string, string>();

/** `Device IP Address` → `device_ip_address`, `cisco-av-pair` → `cisco_av_pair`, `NetworkDeviceName` → `network_device_name`. */
export function fieldName(attribute: string): string {
  let name = names.get(attribute);
  if (name === undefined) {
    name = attribute
      .replace(/([a-z\d])([A-Z])/g, '$1_$2')
      .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
      .replace(/[^A-Za-z\d]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .toLowerCase();
    if (names.size < MAX_NAMES) names.set(attribute, name);
  }
  return name;
}

/** `mdm-tlv=device-platform=win`, `audit-session-id=…`: an attribute within an attribute. */
function putPair(doc: EcsFields, pair: string): void {
  const start = pair.startsWith('mdm-tlv=') ? 8 : 0;
  const equals = pair.indexOf('=', start);
  if (equals <= start || equals - start > 60) return;
  const name = fieldName(pair.slice(start, equals));
  const value = pair.slice(equals + 1).trim();
  if (name !== '' && value !== '') doc[`${VENDOR}av_pair.${name}`] ??= value;
}

/** Keeps the attributes that ECS has no field for; those with several values as lists. */
export function putVendor(doc: EcsFields, attributes: Attributes): void {
  for (const [attribute, values] of attributes) {
    if (attribute === 'cisco-av-pair') {
      for (const value of values) putPair(doc, value);
      continue;
    }
    if (LEFT_OUT.has(attribute)) continue;
    const name = fieldName(attribute);
    if (name === '') continue;
    const kept = values.filter((value) => value !== '');
    if (kept.length === 1) doc[VENDOR + name] ??= kept[0]!;
    else if (kept.length > 1) doc[VENDOR + name] ??= kept as string[];
  }
}
