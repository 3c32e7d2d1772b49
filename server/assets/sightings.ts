import type { EcsFields, Event } from '@vigie/contracts';
import { hostIdentifiers, userIdentifiers } from './identifiers.ts';
import type { Observation } from './ports.ts';

/** What the events of a batch said of one machine and user, once however many they were. */
export interface Sighting extends Observation {
  readonly tenant: string;
  readonly source: string;
  /** Tells it from others; the same machine and user at the same source have the same. */
  readonly key: string;
}

/** Different sightings kept of one batch; what is more is seen again with the next events. */
const MAX_SIGHTINGS = 5_000;
const MAX_SOFTWARE = 200;

type Seen = { -readonly [K in keyof Sighting]: Sighting[K] };

/**
 * Notes which machines and people the events of a batch name. It runs beside the reading of every event, so an
 * event that says nothing new costs one text and one look-up.
 */
export class SightingCollector {
  #seen = new Map<string, Seen>();
  #full = 0;

  note({ tenant, source, time, fields }: Event): void {
    const host = fields['host.name'];
    const hostId = fields['host.id'];
    const user = fields['user.name'];
    const userId = fields['user.id'];
    const mail = fields['user.email'];
    if (
      host === undefined &&
      hostId === undefined &&
      user === undefined &&
      userId === undefined &&
      mail === undefined
    )
      return;
    const key = `${tenant}\n${source}\n${host}\n${hostId}\n${user}\n${fields['user.domain']}\n${userId}\n${mail}\n${one(fields['host.ip'])}\n${one(fields['host.mac'])}\n${fields['package.name']}\n${isNobody(fields)}`;
    const seen = this.#seen.get(key);
    if (seen !== undefined) {
      if (time > seen.lastAt) seen.lastAt = time;
      else if (time < seen.firstAt) seen.firstAt = time;
      return;
    }
    if (this.#seen.size >= MAX_SIGHTINGS || key.length > 2_000) {
      this.#full++;
      return;
    }
    this.#seen.set(key, sightingOf(key, tenant, source, time, fields));
  }

  /** What was noted since the last call; a sighting that names nobody is kept, so that it is not read again. */
  take(): Sighting[] {
    const taken = [...this.#seen.values()].filter(
      ({ host, user }) => host !== undefined || user !== undefined,
    );
    this.#seen = new Map();
    return taken;
  }

  /** Events that were not noted since the start. */
  get leftOut(): number {
    return this.#full;
  }
}

/**
 * Whether the user that an event names may be an invention: somebody who was not let in. Whoever guesses names would
 * else fill the inventory with people who never were.
 */
function isNobody(fields: EcsFields): boolean {
  return (
    fields['event.outcome'] === 'failure' &&
    [fields['event.category'] ?? []].flat().includes('authentication')
  );
}

function one(value: EcsFields[string] | undefined): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function sightingOf(key: string, tenant: string, source: string, time: number, fields: EcsFields): Seen {
  const host = hostIdentifiers(fields);
  const user = isNobody(fields) ? [] : userIdentifiers(fields);
  const ips = [fields['host.ip'] ?? []].flat().slice(0, 8).map(String);
  const os = fields['host.os.full'] ?? fields['host.os.name'];
  const version = fields['host.os.version'];
  const software = softwareOf(fields);
  return {
    key,
    tenant,
    source,
    firstAt: time,
    lastAt: time,
    ...(host.length === 0
      ? {}
      : {
          host: {
            identifiers: host,
            ips,
            ...(os === undefined
              ? {}
              : {
                  os: `${os}${version === undefined || fields['host.os.full'] !== undefined ? '' : ` ${version}`}`.slice(
                    0,
                    200,
                  ),
                }),
            software,
          },
        }),
    ...(user.length === 0 ? {} : { user: { identifiers: user } }),
  };
}

/** Programs that the event says are installed, such as an agent's list or an installer's word. */
function softwareOf(fields: EcsFields): { name: string; version: string }[] {
  const names = [fields['package.name'] ?? []].flat();
  const versions = [fields['package.version'] ?? []].flat();
  if (names.length === 0 || /remov|uninstall|delet/.test(String(fields['event.action'] ?? ''))) return [];
  return names
    .slice(0, MAX_SOFTWARE)
    .map((name, index) => ({
      name: String(name).slice(0, 200),
      version: String(versions[index] ?? '').slice(0, 100),
    }))
    .filter(({ name }) => name.trim() !== '');
}
