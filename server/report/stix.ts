import { isIP } from 'node:net';
import { canonicalJson } from '@vigie/contracts/canonical-json.ts';
import { v5 } from 'uuid';
import type { IncidentReport } from './incident.ts';

/** Namespace of deterministic ids of observables: STIX 2.1, section 2.9. */
const OBSERVABLES = '00abedb4-aa42-466c-9c01-fed23315a9b7';
/** Ours, for everything else: the same incident of the same installation always gives the same ids. */
const OURS = '6f1de3f0-0b0e-5d0c-9d3e-0a8f7d1c5b42';
/** TLP:AMBER as STIX 2.1 defines it, section 7.2.1.4. */
const AMBER = {
  type: 'marking-definition',
  spec_version: '2.1',
  id: 'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82',
  created: '2017-01-20T00:00:00.000Z',
  definition_type: 'tlp',
  name: 'TLP:AMBER',
  definition: { tlp: 'amber' },
} as const;
/** Objects of one kind at most. */
const MOST = 500;

/** An object of STIX. */
export type StixObject = { readonly type: string; readonly id: string } & Readonly<Record<string, unknown>>;

export interface StixBundle {
  readonly type: 'bundle';
  readonly id: string;
  readonly objects: readonly StixObject[];
}

/**
 * An incident as a STIX 2.1 bundle: who reports and who was hit, the incident, what was observed, indicators of what
 * came from outside, techniques with their ATT&CK ids, and a report that holds all of it together.
 */
export function stixBundle({ incident, organisation, provider, link }: IncidentReport): StixBundle {
  const seed = `${link}#`;
  const id = (type: string, name: string) => `${type}--${v5(`${seed}${type}:${name}`, OURS)}`;
  const iso = (at: number) => new Date(at).toISOString();
  const created = iso(incident.createdAt);
  const modified = iso(
    Math.max(incident.createdAt, incident.lastAt, ...incident.timeline.map(({ at }) => at)),
  );
  const reporter = `identity--${v5(`identity:${provider}`, OURS)}`;
  const common = {
    spec_version: '2.1',
    created_by_ref: reporter,
    created,
    modified,
    object_marking_refs: [AMBER.id],
  };
  const fixed = { spec_version: '2.1', created, modified: created, object_marking_refs: [AMBER.id] };
  const objects: StixObject[] = [
    { type: 'identity', id: reporter, ...fixed, name: provider, identity_class: 'organization' },
  ];
  const victim = id('identity', incident.tenant);
  objects.push({
    type: 'identity',
    id: victim,
    ...fixed,
    created_by_ref: reporter,
    name: organisation,
    identity_class: 'organization',
  });

  const main = id('incident', String(incident.id));
  objects.push({
    type: 'incident',
    id: main,
    ...common,
    name: incident.title,
    ...(incident.summary === '' ? {} : { description: incident.summary }),
    external_references: [{ source_name: 'vigie', external_id: `INC-${incident.id}`, url: link }],
  });

  const patterns = incident.techniques.slice(0, MOST).map(({ id: technique, name }) => {
    const pattern: StixObject = {
      type: 'attack-pattern',
      id: id('attack-pattern', technique),
      ...common,
      name: name === '' ? technique : name,
      external_references: [
        {
          source_name: 'mitre-attack',
          external_id: technique,
          url: `https://attack.mitre.org/techniques/${technique.replace('.', '/')}/`,
        },
      ],
    };
    return pattern;
  });

  const observed = new Map<string, StixObject>();
  for (const entity of incident.entities.slice(0, MOST)) {
    const one = observable(entity.type, entity.value);
    if (one !== undefined) observed.set(one.id, one);
  }
  const data: StixObject[] =
    observed.size === 0
      ? []
      : [
          {
            type: 'observed-data',
            id: id('observed-data', String(incident.id)),
            ...common,
            first_observed: iso(incident.firstAt),
            last_observed: iso(Math.max(incident.firstAt, incident.lastAt)),
            number_observed: Math.min(999_999_999, Math.max(1, incident.detections)),
            object_refs: [...observed.keys()],
          },
        ];

  const indicators = incident.entities.slice(0, MOST).flatMap(({ type, value }): StixObject[] => {
    const pattern = patternOf(type, value);
    if (pattern === undefined) return [];
    return [
      {
        type: 'indicator',
        id: id('indicator', `${type}:${value}`),
        ...common,
        name: value,
        indicator_types: [incident.verdict === 'false-positive' ? 'benign' : 'anomalous-activity'],
        pattern,
        pattern_type: 'stix',
        pattern_version: '2.1',
        valid_from: iso(incident.firstAt),
      },
    ];
  });

  const relate = (from: string, what: string, to: string): StixObject => ({
    type: 'relationship',
    id: id('relationship', `${from} ${what} ${to}`),
    ...common,
    relationship_type: what,
    source_ref: from,
    target_ref: to,
  });
  const relations = [
    relate(main, 'related-to', victim),
    ...patterns.map((pattern) => relate(main, 'related-to', pattern.id)),
    ...data.flatMap((one) => indicators.map((indicator) => relate(indicator.id, 'based-on', one.id))),
  ];
  objects.push(...patterns, ...observed.values(), ...data, ...indicators, ...relations);
  objects.push({
    type: 'report',
    id: id('report', String(incident.id)),
    ...common,
    name: `INC-${incident.id} ${incident.title}`,
    report_types: ['observed-data'],
    published: modified,
    object_refs: objects.map((one) => one.id),
  });
  return {
    type: 'bundle',
    id: id('bundle', `${incident.id}:${modified}`),
    objects: [AMBER, ...objects],
  };
}

/** A cyber observable with the id that STIX derives from its own properties. */
function observable(type: string, value: string): StixObject | undefined {
  const made = (kind: string, id: object, more: object = {}): StixObject => ({
    type: kind,
    spec_version: '2.1',
    id: `${kind}--${v5(canonicalJson(id), OBSERVABLES)}`,
    ...id,
    ...more,
  });
  switch (type) {
    case 'ip':
      if (isIP(value) === 4) return made('ipv4-addr', { value });
      return isIP(value) === 6 ? made('ipv6-addr', { value }) : undefined;
    case 'domain':
      return isDomain(value) ? made('domain-name', { value }) : undefined;
    // STIX has no observable of its own for hosts; tools take a name without a dot as well.
    case 'host':
      return isIP(value) !== 0
        ? observable('ip', value)
        : isHost(value)
          ? made('domain-name', { value })
          : undefined;
    case 'user':
      return made('user-account', { account_login: value });
    case 'file':
      return made('file', { name: value.split(/[\\/]/).at(-1) || value });
    case 'process':
      // A process has no property to derive an id from: it is told as the file it runs.
      return made('file', { name: value.split(/[\\/]/).at(-1) || value });
    default:
      return undefined;
  }
}

/** What came from outside, as a pattern to look for. Hosts and users are the victim's own. */
function patternOf(type: string, value: string): string | undefined {
  const quoted = `'${value.replace(/[\\']/g, '\\$&')}'`;
  if (type === 'ip' && isIP(value) === 4 && !isPrivate(value)) return `[ipv4-addr:value = ${quoted}]`;
  if (type === 'ip' && isIP(value) === 6 && /^[23]/.test(value)) return `[ipv6-addr:value = ${quoted}]`;
  if (type === 'domain' && isDomain(value)) return `[domain-name:value = ${quoted}]`;
  return undefined;
}

const PRIVATE =
  /^(?:0|10|127)\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^192\.168\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^(?:22[4-9]|2[3-5]\d)\./;
function isPrivate(address: string): boolean {
  return PRIVATE.test(address);
}

function isDomain(value: string): boolean {
  return (
    value.length <= 253 && /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}$/i.test(value)
  );
}

function isHost(value: string): boolean {
  return isDomain(value) || /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(value);
}
