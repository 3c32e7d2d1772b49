/** Checks of tags: the namespaces of the specification's appendix "Tags". */
import type { Position } from '../ast.ts';
import { mostSimilar } from './similar.ts';
import type { LintSource } from './source.ts';
import type { AttackCatalogue, LintFix } from './types.ts';

const NAMESPACES = ['attack', 'car', 'cve', 'd3fend', 'detection', 'stp', 'tlp'];
const FORMS: Readonly<Record<string, readonly [RegExp, string]>> = {
  car: [/^\d{4}-\d{2}-\d{3}$/, 'car.2016-04-005'],
  cve: [/^\d{4}-\d{4,7}$/, 'cve.2026-12345'],
  detection: [
    /^(?:dfir|emerging-threats|threat-hunting)$/,
    'detection.dfir, .emerging-threats or .threat-hunting',
  ],
  stp: [/^[1-5](?:[akuor]{0,3})$/, 'stp.1 to stp.5'],
  tlp: [
    /^(?:red|amber|amber\+strict|green|clear|white)$/,
    'tlp.red, .amber, .amber+strict, .green or .clear',
  ],
};
/** Groups and software, whose catalogue is not shipped. */
const GROUP_OR_SOFTWARE = /^[gs]\d{4}$/;

/** Checks the tags of a document. */
export function lintTags(
  tags: readonly { readonly text: string; readonly position: Position }[],
  source: LintSource,
  attack: AttackCatalogue | undefined,
): void {
  for (const { text, position } of tags) {
    const rewrite = (after: string, safe: boolean): LintFix => ({
      title: `write ${after}`,
      safe,
      edits: source.replace(position, text, after),
    });
    const dot = text.indexOf('.');
    const namespace = text.slice(0, Math.max(dot, 0));
    if (dot < 1 || dot === text.length - 1) {
      source.report('error', 'tag_form', `${JSON.stringify(text)}: a tag is namespace.name`, position);
      continue;
    }
    const plain = modern(text);
    if (plain !== text) {
      const message = `tags are lower case, with hyphens between words: ${plain}`;
      source.report('warning', 'tag_style', message, position, rewrite(plain, true));
    }
    const name = plain.slice(plain.indexOf('.') + 1);
    const space = plain.slice(0, plain.indexOf('.'));
    if (!NAMESPACES.includes(space)) {
      const meant = mostSimilar(space, NAMESPACES);
      source.report(
        'warning',
        'tag_namespace',
        `${JSON.stringify(namespace)} is no namespace of the specification (${NAMESPACES.join(', ')})`,
        position,
        meant === undefined ? undefined : rewrite(`${meant}.${name}`, false),
      );
    } else if (space === 'attack') lintAttack(name, position, source, attack, rewrite);
    else {
      const [form, example] = FORMS[space] ?? [/./, ''];
      if (!form.test(name)) source.report('warning', 'tag_form', `expected ${example}`, position);
    }
  }
}

/** The form that Sigma 2 gave tags. */
function modern(text: string): string {
  const lower = text.toLowerCase();
  const cve = /^cve\.(\d{4})[.-](\d{4,7})$/.exec(lower) ?? /^cve[.-](\d{4})[.-](\d{4,7})$/.exec(lower);
  if (cve) return `cve.${cve[1]}-${cve[2]}`;
  return /^(?:attack|detection)\./.test(lower) ? lower.replaceAll('_', '-') : lower;
}

function lintAttack(
  name: string,
  position: Position,
  source: LintSource,
  attack: AttackCatalogue | undefined,
  rewrite: (after: string, safe: boolean) => LintFix,
): void {
  if (GROUP_OR_SOFTWARE.test(name)) return;
  if (/^t\d{4}(?:\.\d{3})?$/.test(name)) {
    if (attack && !attack.techniques.has(name))
      source.report(
        attack.asOf !== undefined && isBeyond(name, attack.techniques) ? 'info' : 'warning',
        'tag_attack_unknown',
        `the shipped ATT&CK${asOf(attack)} has no technique ${name.toUpperCase()}${attack.asOf === undefined ? '' : '; a later one may'}`,
        position,
      );
    return;
  }
  if (!attack || attack.tactics.has(name)) return;
  const meant = mostSimilar(name, attack.tactics);
  source.report(
    'warning',
    'tag_attack_unknown',
    `attack.${name} is no technique, tactic, group or software of the shipped ATT&CK${asOf(attack)}`,
    position,
    meant === undefined ? undefined : rewrite(`attack.${meant}`, false),
  );
}

function asOf({ asOf: day }: AttackCatalogue): string {
  return day === undefined ? '' : ` (Enterprise, as of ${day})`;
}

/** Whether an id comes after those of the list: numbers are given in their order. */
function isBeyond(name: string, known: ReadonlySet<string>): boolean {
  const [technique = '', part] = name.split('.');
  const siblings = [...known].filter((id) =>
    part === undefined || !known.has(technique) ? !id.includes('.') : id.startsWith(`${technique}.`),
  );
  return siblings.every((id) => id < name);
}
