import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** ATT&CK's names, from `detections/attack.json`. */
export interface AttackNames {
  technique(id: string): { readonly name: string; readonly tactic: string } | undefined;
  /** Technique id, in upper case → name. */
  readonly techniques: ReadonlyMap<string, string>;
  /** Key of a tactic, as tags write it → name. */
  readonly tactics: ReadonlyMap<string, string>;
  /** Day up to which changes of ATT&CK are in the list, as in `2025-11-12`. */
  readonly asOf: string | undefined;
}

/** ATT&CK's names with what is where. */
export interface AttackData extends AttackNames {
  /** Techniques and sub-techniques, by id. */
  readonly list: readonly {
    readonly id: string;
    readonly name: string;
    readonly tactics: readonly string[];
  }[];
  /** Tactics in ATT&CK's order. */
  readonly tacticList: readonly { readonly key: string; readonly name: string }[];
}

/** Reads `detections/attack.json`. */
export function loadAttack(detections: string): AttackData {
  const file = join(detections, 'attack.json');
  const data = JSON.parse(readFileSync(file, 'utf8')) as {
    notice: { source: string };
    techniques: Record<string, { name: string; tactics: string[] }>;
    tactics: { key: string; name: string }[];
  };
  const tactics = new Map(data.tactics.map(({ key, name }) => [key, name]));
  return {
    list: Object.entries(data.techniques)
      .map(([id, technique]) => ({ id: id.toUpperCase(), ...technique }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    tacticList: data.tactics,
    techniques: new Map(Object.entries(data.techniques).map(([id, { name }]) => [id.toUpperCase(), name])),
    tactics,
    asOf: dayOf(data.notice.source),
    technique(id) {
      const entry = Object.hasOwn(data.techniques, id) ? data.techniques[id] : undefined;
      return entry === undefined
        ? undefined
        : { name: entry.name, tactic: tactics.get(entry.tactics[0] ?? '') ?? '' };
    },
  };
}

/** The day in the list's own words on where it comes from. */
export function dayOf(source: string): string | undefined {
  return /\d{4}-\d{2}-\d{2}/.exec(source)?.[0];
}

/** ATT&CK technique ids of tags, upper case. */
export function techniquesOf(tags: readonly string[]): string[] {
  return tags
    .filter((tag) => /^attack\.t\d{4}(\.\d{3})?$/i.test(tag))
    .map((tag) => tag.slice(7).toUpperCase());
}
