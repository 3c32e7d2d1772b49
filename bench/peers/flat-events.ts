import type { EcsFields } from '@vigie/contracts';
import type { SigmaRule, Taxonomy } from '@vigie/sigma';
import { windowsEvents } from '../../engines/sigma/testing/windows-events.ts';
import { WINDOWS_TAXONOMY } from '../../engines/sigma/testing/windows-taxonomy.ts';

/**
 * The invented Windows events under the names that Sigma rules use, with Sigma's logsource beside them, so that every
 * engine reads the same line and needs no field mapping of its own.
 */
export function flatEvents(count: number, filler: number): Record<string, unknown>[] {
  return windowsEvents(count, 7, filler).map((event) => {
    const flat: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(event)) flat[SIGMA_NAMES.get(name) ?? shortName(name)] = value;
    const code = Number(event['event.code']);
    flat['EventID'] = code;
    flat['product'] = 'windows';
    flat['service'] = event['winlog.channel'] === 'Security' ? 'security' : 'sysmon';
    // Every event has one, because an absent one would rule nothing out for some engines.
    flat['category'] = CATEGORIES.get(code) ?? 'none';
    return flat;
  });
}

const CATEGORIES = new Map([
  [1, 'process_creation'],
  [3, 'network_connection'],
  [7, 'image_load'],
  [11, 'file_event'],
  [13, 'registry_set'],
]);

/** Event field → Sigma field, the reverse of the taxonomy that comes with the events. */
const SIGMA_NAMES = new Map(
  WINDOWS_TAXONOMY.fields.flatMap(({ map = {} }) =>
    Object.entries(map).flatMap(([sigma, mapping]): [string, string][] => {
      const first = typeof mapping === 'string' ? mapping : Array.isArray(mapping) ? mapping[0] : undefined;
      return typeof first === 'string' ? [[first, sigma]] : [];
    }),
  ),
);

function shortName(name: string): string {
  return name.startsWith('winlog.event_data.') ? name.slice(18) : name;
}

/** Rules find those events by the logsource written in them, fields by their names; every rule given can run. */
export function flatTaxonomy(rules: readonly SigmaRule[]): Taxonomy {
  const found = new Map<string, Taxonomy['logsources'][number]>();
  for (const { logsource } of rules) {
    const { product, category, service } = logsource;
    const own = Object.fromEntries(
      Object.entries({ product, category, service }).flatMap(([key, name]) =>
        name === undefined ? [] : [[key, name]],
      ),
    );
    found.set(JSON.stringify(own).toLowerCase(), { ...own, when: [own] });
  }
  return { name: 'flat', logsources: [...found.values()], fields: [] };
}

/** What a parsed line is to the matcher. */
export type FlatEvent = EcsFields;
