import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LEVELS, type Level } from '@vigie/contracts';
import { LANGUAGES, type Language, Slug } from '@vigie/contracts/api';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ClockRecord } from './ports.ts';
import { addMonths } from './wall.ts';

const InLanguages = z.strictObject(
  Object.fromEntries(LANGUAGES.map((language) => [language, z.string().min(1)])) as Record<
    Language,
    z.ZodString
  >,
);

/** What of an incident a section can be filled with. */
export const FACTS = ['entity', 'detected', 'nature', 'severity', 'indicators', 'measures', 'delay'] as const;
export type Fact = (typeof FACTS)[number];

const Section = z.strictObject({
  fact: z.enum(FACTS).optional(),
  heading: InLanguages,
  gap: InLanguages.optional(),
});

/** When a step is due: hours or calendar months after awareness, or after another step was done. */
const Due = z
  .strictObject({
    hours: z.number().positive().max(87_840).optional(),
    months: z.int().min(1).max(36).optional(),
    after: Slug.optional(),
    /** The law says "without delay": the hours are the house's own. */
    withoutDelay: z.literal(true).optional(),
  })
  .refine(({ hours, months }) => (hours === undefined) !== (months === undefined), 'hours, or months');

const RegimeSchema = z
  .strictObject({
    id: Slug,
    law: z.string().min(1),
    name: InLanguages,
    authority: InLanguages,
    trigger: InLanguages,
    propose: z
      .strictObject({
        minLevel: z.enum(LEVELS),
        techniques: z.array(z.string().regex(/^T\d{4}(?:\.\d{3})?$/)),
      })
      .optional(),
    steps: z
      .array(
        z.strictObject({
          id: Slug,
          name: InLanguages,
          provision: z.string().min(1),
          due: Due,
          sections: z.array(Slug).min(1),
        }),
      )
      .min(1)
      .max(20),
  })
  .refine(
    ({ steps }) =>
      steps.every(
        ({ due }, at) => due.after === undefined || steps.slice(0, at).some(({ id }) => id === due.after),
      ),
    'a step counts from one before it',
  );

/** A duty to report, read from `regimes/<id>.yml`. */
export type Regime = z.infer<typeof RegimeSchema>;
export type RegimeStep = Regime['steps'][number];

/** All regimes and the sections of their reports. */
export interface Regimes {
  readonly list: readonly Regime[];
  readonly sections: ReadonlyMap<string, z.infer<typeof Section>>;
}

/**
 * Reads the shipped regimes, and those of a folder of the installation's own, which win over shipped ones of the
 * same id; its `sections.yml` adds sections.
 *
 * @throws Error that names the file, when one can't be read as a regime
 */
export function readRegimes(folders: readonly string[]): Regimes {
  const list = new Map<string, Regime>();
  const sections = new Map<string, z.infer<typeof Section>>();
  const files = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.yml'))
      .sort()
      .map((name) => ({ name, path: join(folder, name) })),
  );
  for (const { name, path } of files) {
    try {
      const content: unknown = parse(readFileSync(path, 'utf8'));
      if (name === 'sections.yml')
        for (const [id, section] of Object.entries(z.record(Slug, Section).parse(content)))
          sections.set(id, section);
      else {
        const regime = RegimeSchema.parse(content);
        list.set(regime.id, regime);
      }
    } catch (cause) {
      const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
      throw new Error(`${path}: ${why}`, { cause });
    }
  }
  for (const regime of list.values())
    for (const step of regime.steps)
      for (const section of step.sections)
        if (!sections.has(section)) throw new Error(`regime ${regime.id}: there is no section ${section}`);
  return { list: [...list.values()], sections };
}

/** Why a person might start it; null: nothing speaks for it. */
export function proposal(
  regime: Regime,
  incident: { readonly level: Level; readonly techniques: readonly string[] },
): string | null {
  const { propose } = regime;
  if (propose === undefined || LEVELS.indexOf(incident.level) < LEVELS.indexOf(propose.minLevel)) return null;
  const found = incident.techniques.filter((id) =>
    propose.techniques.some((wanted) => id === wanted || id.startsWith(`${wanted}.`)),
  );
  return found.length === 0 ? null : found.join(', ');
}

/** Instant at which a step is due that counts from `from`. */
export function stepDue(step: RegimeStep, from: number, timeZone: string): number {
  return step.due.months === undefined
    ? from + step.due.hours! * 3_600_000
    : addMonths(from, step.due.months, timeZone);
}

/** The clock of a step: round the clock, never paused. */
export function stepClock(
  regime: Regime,
  step: RegimeStep,
  incident: { readonly tenant: string; readonly id: number },
  from: number,
  timeZone: string,
): ClockRecord {
  return {
    tenant: incident.tenant,
    incident: incident.id,
    kind: `${regime.id}:${step.id}`,
    basis: regime.law,
    site: null,
    startedAt: from,
    targets: [{ level: null, from, ms: stepDue(step, from, timeZone) - from, hours: 'always' }],
    pauses: [],
    stoppedAt: null,
    breachedAt: null,
    cancelledAt: null,
    dueAt: null,
    warnAt: [0.5, 0.8],
    warned: [],
    nextAt: null,
  };
}

/** What an incident knows, in the language of the report; Markdown. */
export type ReportFacts = Partial<Record<Fact, string>>;

/**
 * Writes the draft of a step's report in Markdown. What nobody knows yet is marked `[▢ …]`, so that it can't be
 * overlooked and can be counted.
 */
export function draftReport(
  { sections }: Regimes,
  regime: Regime,
  step: RegimeStep,
  language: Language,
  facts: ReportFacts,
): string {
  const parts = [`# ${step.name[language]}`, `${regime.name[language]} · ${regime.law}, ${step.provision}`];
  for (const id of step.sections) {
    const section = sections.get(id)!;
    const known = section.fact === undefined ? undefined : facts[section.fact];
    parts.push(`## ${section.heading[language]}`);
    if (known !== undefined && known !== '') parts.push(known);
    if (section.gap !== undefined) parts.push(`[▢ ${section.gap[language]}]`);
    else if (known === undefined || known === '') parts.push(`[▢ ${section.heading[language]}]`);
  }
  return `${parts.join('\n\n')}\n`;
}

/** Gaps that are left in a report. */
export function gapsIn(text: string): number {
  return text.match(/\[▢/g)?.length ?? 0;
}
