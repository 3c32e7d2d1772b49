/**
 * Builds `attack.json`, the names of ATT&CK techniques and tactics that the console and mails show, from
 * MITRE's STIX bundle of Enterprise ATT&CK.
 *
 * ```sh
 * npx esbuild detections/attack-build.ts --bundle --platform=node --format=esm --outfile=.cache/attack-build.mjs
 * node .cache/attack-build.mjs enterprise-attack.json detections/attack.json
 * ```
 *
 * Only identifiers, names and the tactics of each technique are taken; revoked and deprecated techniques
 * stay in (old rules name them) and are marked.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';

const stixObject = z.looseObject({
  type: z.string(),
  name: z.string().optional(),
  modified: z.string().optional(),
  revoked: z.boolean().optional(),
  x_mitre_deprecated: z.boolean().optional(),
  x_mitre_shortname: z.string().optional(),
  tactic_refs: z.array(z.string()).optional(),
  id: z.string(),
  external_references: z
    .array(z.looseObject({ source_name: z.string(), external_id: z.string().optional() }))
    .optional(),
  kill_chain_phases: z.array(z.object({ kill_chain_name: z.string(), phase_name: z.string() })).optional(),
});
const bundleSchema = z.looseObject({ objects: z.array(stixObject) });
type StixObject = z.infer<typeof stixObject>;

/** What ATT&CK's terms of use ask every copy to carry. */
const LICENCE =
  'The MITRE Corporation (MITRE) hereby grants you a non-exclusive, royalty-free license to use ATT&CK® for research, development, and commercial purposes. Any copy you make for such purposes is authorized provided that you reproduce MITRE’s copyright designation and this license in any such copy.';

/** Shape of `attack.json`. */
export interface AttackTable {
  readonly notice: { readonly copyright: string; readonly licence: string; readonly source: string };
  /** Tactics in the order of the matrix. */
  readonly tactics: readonly { readonly id: string; readonly key: string; readonly name: string }[];
  /** Technique id → name and keys of its tactics, in the order of the matrix. */
  readonly techniques: Readonly<
    Record<string, { readonly name: string; readonly tactics: readonly string[]; readonly retired?: true }>
  >;
}

/**
 * @param bundle parsed STIX 2 bundle of Enterprise ATT&CK
 * @throws ZodError when the bundle is not one
 */
export function buildAttackTable(bundle: unknown): AttackTable {
  const { objects } = bundleSchema.parse(bundle);
  const attackId = (object: StixObject): string | undefined =>
    object.external_references?.find((reference) => reference.source_name === 'mitre-attack')?.external_id;
  const byStixId = new Map(objects.map((object) => [object.id, object]));
  const matrix = objects.find((object) => object.type === 'x-mitre-matrix');
  const tactics = (matrix?.tactic_refs ?? []).flatMap((reference) => {
    const tactic = byStixId.get(reference);
    const id = tactic === undefined ? undefined : attackId(tactic);
    if (id === undefined || tactic?.name === undefined || tactic.x_mitre_shortname === undefined) return [];
    return [{ id, key: tactic.x_mitre_shortname, name: tactic.name }];
  });
  const order = new Map(tactics.map((tactic, index) => [tactic.key, index]));
  const techniques: Record<string, { name: string; tactics: string[]; retired?: true }> = {};
  const patterns = objects.filter((object) => object.type === 'attack-pattern');
  for (const pattern of patterns.sort((a, b) => ((attackId(a) ?? '') < (attackId(b) ?? '') ? -1 : 1))) {
    const id = attackId(pattern);
    if (id === undefined || pattern.name === undefined) continue;
    const keys = (pattern.kill_chain_phases ?? []).map((phase) => phase.phase_name);
    techniques[id] = {
      name: pattern.name,
      tactics: keys.sort((a, b) => (order.get(a) ?? 99) - (order.get(b) ?? 99)),
      ...(pattern.revoked === true || pattern.x_mitre_deprecated === true ? { retired: true } : {}),
    };
  }
  const newest = objects.reduce((last, { modified }) => (modified && modified > last ? modified : last), '');
  return {
    notice: {
      copyright: `© ${newest.slice(0, 4)} The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation.`,
      licence: LICENCE,
      source: `Enterprise ATT&CK, as modified up to ${newest.slice(0, 10)}; identifiers, names and tactics only. https://attack.mitre.org`,
    },
    tactics,
    techniques,
  };
}

/** One technique a line, so that a new version of ATT&CK gives a diff that can be read. */
function print(table: AttackTable): string {
  const list = Object.entries(table.techniques).map(([id, value]) => `    "${id}": ${JSON.stringify(value)}`);
  const tactics = table.tactics.map((tactic) => `    ${JSON.stringify(tactic)}`);
  return `{\n  "notice": ${JSON.stringify(table.notice, null, 2).replaceAll('\n', '\n  ')},\n  "tactics": [\n${tactics.join(',\n')}\n  ],\n  "techniques": {\n${list.join(',\n')}\n  }\n}\n`;
}

if (basename(process.argv[1] ?? '').startsWith('attack-build.')) {
  const [from, to] = process.argv.slice(2);
  if (from === undefined || to === undefined) {
    console.error('usage: attack-build ENTERPRISE-ATTACK.JSON ATTACK.JSON');
    process.exit(2);
  }
  const table = buildAttackTable(JSON.parse(readFileSync(from, 'utf8')));
  writeFileSync(to, print(table));
  console.log(`${Object.keys(table.techniques).length} techniques, ${table.tactics.length} tactics`);
}
