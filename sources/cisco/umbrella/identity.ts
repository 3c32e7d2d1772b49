import type { EcsFields } from '@vigie/contracts';
import { putAccount } from '../../kit/user.ts';

/** Types of identities that are people, and those that are machines; the others are networks, sites and tunnels. */
const PEOPLE = /^(?:AD Users?|Users?|Directory Users?|G Suite Users?|SAML Users?)$/i;
const MACHINES =
  /^(?:Roaming Computers?|Any ?connect Roaming Client|Cisco Secure Client|AD Computers?|Mobile Devices?|Network Devices?|Chromebooks?|Computers?)$/i;
/** `Alice Example (alice@example.com)`: what the directory calls the person, and the account. */
const NAMED = /^(.{1,200}?) ?\(([^()\s]{1,128})\)$/;
/** The account as a link, which some exports make of an address. */
const LINKED = /^(.{1,200}?) ?\(\[([^\]]{1,128})\]\(mailto:[^)]{1,128}\)\)$/;

/**
 * Writes who or what asked: Umbrella names the identity that its policy was chosen by, which is a person, a machine
 * or a whole network, as its type tells.
 */
export function putIdentity(
  doc: EcsFields,
  identity: string | undefined,
  row: ReadonlyMap<string, string>,
  vendor: string,
): void {
  const types = (row.get('identity_types') ?? '').split(',', 20).map((type) => type.trim());
  const names = (row.get('identities') ?? '').split(',', 20).map((name) => name.trim());
  const type = row.get('policy_identity_type') ?? types[0] ?? '';
  if (identity !== undefined) doc[`${vendor}identity.name`] = identity;
  if (type !== '') doc[`${vendor}identity.type`] = type;
  if (names[0] !== '' && names.length > 1) doc[`${vendor}identities`] = names;
  if (types[0] !== '' && types.length > 1) doc[`${vendor}identity_types`] = types;
  putOne(doc, identity, type);
  // The others are in the order of their types, unless a name holds a comma itself.
  if (names.length === types.length)
    for (let i = 0; i < names.length; i++) if (names[i] !== identity) putOne(doc, names[i], types[i]!);
}

function putOne(doc: EcsFields, name: string | undefined, type: string): void {
  if (name === undefined || name === '') return;
  if (PEOPLE.test(type) && doc['user.name'] === undefined) {
    const named = LINKED.exec(name) ?? NAMED.exec(name);
    if (named !== null) doc['user.full_name'] = named[1]!;
    putAccount(doc, 'user', named === null ? name : named[2]!);
  } else if (MACHINES.test(type) && doc['host.name'] === undefined) {
    doc['host.name'] = name;
    doc['host.hostname'] = name;
  }
}
