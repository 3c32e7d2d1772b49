import type { JsonObject } from '@vigie/contracts';
import { compileLiterals, type LiteralScan } from './literal-scan.ts';
import type { RegisteredSource } from './registry.ts';
import type { ParseInput, Signature, SourceDefinition } from './source.ts';

type JsonSignature = Extract<Signature, { kind: 'json' }>;
type AppSignature = Extract<Signature, { kind: 'app' }>;
type TextSignature = Extract<Signature, { kind: 'text' }>;
type GeneralSignature = Extract<Signature, { kind: 'general' }>;

interface Candidate<S> {
  readonly definition: SourceDefinition;
  readonly signature: S;
}

interface TextCandidate extends Candidate<TextSignature> {
  readonly rank: number;
}

/** Finds the technology of a log by all signatures at once. */
export interface Recogniser {
  /**
   * Offers the definitions whose signature fits, the most specific first, until one is accepted. The order
   * depends on the log alone, never on what came before it: the same log always gets the same reading.
   */
  recognise(
    input: ParseInput,
    accept: (definition: SourceDefinition) => boolean,
  ): SourceDefinition | undefined;
  /** Whether a source names this application (syslog APP-NAME or tag) as one of its own. */
  knows(app: string): boolean;
  /** The same for the general forms, which are left for logs that no product has taken. */
  recogniseForm(
    input: ParseInput,
    accept: (definition: SourceDefinition) => boolean,
  ): SourceDefinition | undefined;
}

/**
 * Compiles the signatures of all sources: syslog applications into a map, JSON signatures under one of
 * their keys each, literals of text into one automaton that reads a line once whatever their number.
 *
 * Specificity: JSON signatures with more keys, then application names, then text signatures with more
 * literal characters; ties go by registry order.
 */
export function createRecogniser(registry: readonly Pick<RegisteredSource, 'definition'>[]): Recogniser {
  const byApp = new Map<string, Candidate<AppSignature>[]>();
  const byKey = new Map<string, Candidate<JsonSignature>[]>();
  const texts: { definition: SourceDefinition; signature: TextSignature }[] = [];
  const keyUse = new Map<string, number>();
  const jsons: Candidate<JsonSignature>[] = [];
  const forms: Candidate<GeneralSignature>[] = [];
  for (const { definition } of registry) {
    for (const signature of definition.signatures) {
      if (signature.kind === 'app') {
        for (const name of signature.names) push(byApp, name.toLowerCase(), { definition, signature });
      } else if (signature.kind === 'json') {
        jsons.push({ definition, signature });
        for (const key of signature.keys) keyUse.set(key, (keyUse.get(key) ?? 0) + 1);
      } else if (signature.kind === 'general') forms.push({ definition, signature });
      else texts.push({ definition, signature });
    }
  }
  // The rarest key is the one looked up: most documents then meet no candidate at all.
  jsons.sort((a, b) => b.signature.keys.length - a.signature.keys.length);
  for (const candidate of jsons) {
    const anchor = [...candidate.signature.keys].sort((a, b) => keyUse.get(a)! - keyUse.get(b)!)[0];
    if (anchor === undefined) throw new Error(`${candidate.definition.id}: a JSON signature needs a key`);
    push(byKey, anchor, candidate);
  }
  texts.sort((a, b) => weight(b.signature) - weight(a.signature));
  const ranked: TextCandidate[] = texts.map((candidate, rank) => ({ ...candidate, rank }));
  const scan = compileLiterals(ranked.map(({ signature }) => literalsOf(signature)));

  return {
    recognise(input, accept) {
      const { json, syslog } = input;
      if (json !== undefined) {
        const found = recogniseJson(json, byKey, accept);
        if (found !== undefined) return found;
      }
      if (syslog?.app !== undefined) {
        const found = recogniseApp(input, syslog.app, byApp, accept);
        if (found !== undefined) return found;
      }
      return recogniseText(input, ranked, scan, accept);
    },
    knows: (app) => byApp.has(app) || byApp.has(programName(app)),
    recogniseForm: (input, accept) =>
      forms.find(({ definition, signature }) => signature.test(input) && accept(definition))?.definition,
  };
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [item]);
  else list.push(item);
}

function weight(signature: TextSignature): number {
  let length = signature.prefix?.length ?? 0;
  for (const literal of signature.literals ?? []) length += literal.length;
  return length;
}

function literalsOf(signature: TextSignature): string[] {
  const literals = [...(signature.literals ?? [])];
  if (signature.prefix !== undefined && signature.prefix !== '') literals.push(signature.prefix);
  return literals;
}

function recogniseJson(
  json: JsonObject,
  byKey: ReadonlyMap<string, Candidate<JsonSignature>[]>,
  accept: (definition: SourceDefinition) => boolean,
): SourceDefinition | undefined {
  let best: Candidate<JsonSignature>[] | undefined;
  for (const key of Object.keys(json)) {
    const list = byKey.get(key);
    if (list === undefined) continue;
    for (const candidate of list) {
      const { keys, test } = candidate.signature;
      if (!keys.every((name) => Object.hasOwn(json, name))) continue;
      if (test !== undefined && !test(json)) continue;
      best ??= [];
      best.push(candidate);
    }
  }
  if (best === undefined) return undefined;
  if (best.length > 1) best.sort((a, b) => b.signature.keys.length - a.signature.keys.length);
  return best.find(({ definition }) => accept(definition))?.definition;
}

function recogniseApp(
  input: ParseInput,
  app: string,
  byApp: ReadonlyMap<string, Candidate<AppSignature>[]>,
  accept: (definition: SourceDefinition) => boolean,
): SourceDefinition | undefined {
  const list = byApp.get(app) ?? byApp.get(programName(app));
  if (list === undefined) return undefined;
  for (const { definition, signature } of list) {
    if ((signature.test === undefined || signature.test(input)) && accept(definition)) return definition;
  }
  return undefined;
}

/** The lower-case base name of a tag: `/usr/sbin/CRON` → `cron`, `su(pam_unix)` → `su`. */
function programName(app: string): string {
  const slash = app.lastIndexOf('/');
  const base = slash >= 0 && slash < app.length - 1 ? app.slice(slash + 1) : app;
  const bracket = base.indexOf('(');
  return (bracket > 0 ? base.slice(0, bracket) : base).toLowerCase();
}

function recogniseText(
  input: ParseInput,
  ranked: readonly TextCandidate[],
  scan: LiteralScan,
  accept: (definition: SourceDefinition) => boolean,
): SourceDefinition | undefined {
  // A tenant's mappings often have none: the line need not be looked through for nothing.
  if (ranked.length === 0) return undefined;
  const matches = scan.matches(input.text);
  for (const rank of matches) {
    const { definition, signature } = ranked[rank]!;
    if (signature.prefix !== undefined && !input.text.startsWith(signature.prefix)) continue;
    if (signature.test !== undefined && !signature.test(input)) continue;
    if (accept(definition)) return definition;
  }
  return undefined;
}
