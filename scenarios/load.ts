import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LEVELS } from '@vigie/contracts';
import { LANGUAGES } from '@vigie/contracts/api';
import { parse } from 'yaml';
import { z } from 'zod';
import { stamp } from './stamp.ts';

const DURATION = /^\+?(\d{1,6}(?:\.\d{1,3})?)(ms|s|m|h|d)$/;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `+12s`, `1.5m`, `2h` → milliseconds. */
export const Duration = z.string().transform((text, context) => {
  const match = DURATION.exec(text);
  if (match === null) {
    context.addIssue({ code: 'custom', message: 'a duration such as +12s, 5m, 1.5h' });
    return z.NEVER;
  }
  return Number(match[1]) * UNITS[match[2]!]!;
});

const lineSchema = z.strictObject({
  /** Time after the start of the scenario. */
  at: Duration,
  /** One of the scenario's sources. */
  source: z.string(),
  /** The raw log, with the placeholders of `stamp.ts`. */
  log: z.string().min(1),
  /** Sent so many times, `every` apart. */
  times: z.int().min(1).max(5000).default(1),
  every: Duration.default(1000),
});

const scenarioSchema = z.strictObject({
  title: z.string(),
  /** What the attacker does, for the person who watches the demo. */
  story: z.string(),
  language: z.enum(LANGUAGES).default('en'),
  sources: z.record(
    z.string(),
    z.strictObject({
      name: z.string(),
      /** Technology, or null where lines are to be recognised one by one. */
      type: z.string().nullable().default(null),
      transport: z.enum(['syslog-udp', 'syslog-tcp', 'syslog-tls', 'http', 'elasticsearch']),
    }),
  ),
  lines: z.array(lineSchema).min(1),
  expected: z.strictObject({
    /** Titles of the rules that must alert, and no other of level high or above. */
    alerts: z.array(z.string()).min(1),
    incidents: z.array(
      z.strictObject({
        /** Title in the scenario's language. */
        title: z.string(),
        level: z.enum(LEVELS),
        techniques: z.array(z.string()),
        /** `type:value`. */
        entities: z.array(z.string()),
      }),
    ),
  }),
});

/** `scenario.yml` as read. */
export type ScenarioFile = z.infer<typeof scenarioSchema>;

/** One raw log of a scenario. */
export interface ScenarioLine {
  /** Milliseconds after the start. */
  readonly at: number;
  /** Key of the source in {@link Scenario.sources}. */
  readonly source: string;
  readonly transport: ScenarioFile['sources'][string]['transport'];
  readonly text: string;
}

export interface Scenario extends Omit<ScenarioFile, 'lines'> {
  /** Folder name. */
  readonly name: string;
  /** Time of the last line, milliseconds after the start. */
  readonly duration: number;
  /** Lines in order of time, written as if the scenario had begun at `start`. */
  lines(start: number): ScenarioLine[];
}

/**
 * Reads a scenario folder.
 *
 * @throws ZodError naming the key that is wrong; Error for a line of a source that is not listed
 */
export function loadScenario(directory: string): Scenario {
  const { lines, ...rest } = scenarioSchema.parse(
    parse(readFileSync(join(directory, 'scenario.yml'), 'utf8')),
  );
  const events = lines
    .flatMap(({ at, source, log, times, every }) => {
      const transport = rest.sources[source]?.transport;
      if (transport === undefined) throw new Error(`${directory}: no source ${source}`);
      return Array.from({ length: times }, (_, n) => ({ at: at + n * every, source, transport, log, n }));
    })
    .sort((a, b) => a.at - b.at);
  return {
    ...rest,
    name: directory.split('/').at(-1) ?? directory,
    duration: events.at(-1)?.at ?? 0,
    lines: (start) =>
      events.map(({ at, source, transport, log, n }) => ({
        at,
        source,
        transport,
        text: stamp(log, start + at, n),
      })),
  };
}

/** All scenarios below a folder, by name. */
export function loadScenarios(directory: string): Scenario[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map((entry) => loadScenario(join(directory, entry.name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
