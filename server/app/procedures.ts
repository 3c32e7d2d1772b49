import { randomUUID } from 'node:crypto';
import { LEVELS } from '@vigie/contracts';
import type {
  Language,
  NewProcedure,
  NewProcedureVersion,
  ProcedureCheck,
  ProcedureCoverage,
  ProcedureDetail,
  ProcedureMove,
  ProcedurePage,
  ProcedureTexts,
} from '@vigie/contracts/api';
import { INCIDENT_TYPES } from '@vigie/contracts/procedure/file.ts';
import type { Identity, ProcedureBook, ProcedureRefused, Scope } from '../api/index.ts';
import type { RuleSet } from '../detect/index.ts';
import {
  fitOf,
  type ProcedureProblem,
  type ProcedureVocabulary,
  readProcedure,
} from '../procedures/index.ts';
import type { ProcedureStore, ProcedureText } from '../storage/state/procedure-store.ts';
import type { KeptBy, VersionedHead, VersionedRefusal } from '../storage/state/versioned-texts.ts';
import type { AttackData } from './attack.ts';
import { factsOfRule } from './procedure-facts.ts';
import { contentOf, headOf, type InForce, rowOf, textsOf, wordsIn } from './procedure-views.ts';
import { procedureVocabulary } from './procedure-vocabulary.ts';
import { shippedProcedures } from './shipped-procedures.ts';

export interface ProceduresOptions {
  readonly installation: string;
  readonly store: ProcedureStore;
  readonly attack: AttackData;
  readonly rules: () => RuleSet;
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void };
}

const MAX_WITHOUT = 500;
const MESSAGES: Readonly<Record<VersionedRefusal, string>> = {
  exists: 'there is a procedure of that id already; save a new version of it',
  conflict: 'somebody has changed the procedure meanwhile; load it again',
  'not-found': 'there is no such procedure or version',
};

/** The procedures: those that come with Vigie, and those that people make in their place or beside them. */
export class Procedures implements ProcedureBook {
  readonly #options: ProceduresOptions;
  readonly #vocabulary: ProcedureVocabulary;
  readonly #shipped = new Map<string, InForce>();
  readonly #shippedProblems: readonly ProcedureProblem[];
  #made: readonly InForce[] = [];
  #madeProblems: readonly (ProcedureProblem & { readonly tenant: string | null })[] = [];

  constructor(options: ProceduresOptions) {
    this.#options = options;
    this.#vocabulary = procedureVocabulary(options.attack);
    const { procedures, problems } = shippedProcedures(options.installation, options.attack);
    this.#shippedProblems = problems;
    for (const problem of problems) options.log.warn({ ...problem }, 'a procedure is not read');
    for (const { procedure, source } of procedures)
      this.#shipped.set(procedure.file.id, {
        key: null,
        tenant: null,
        origin: 'shipped',
        version: procedure.file.version,
        procedure,
        source,
      });
  }

  /** Reads what is in force from the database; called at the start and after every change. */
  async reload(): Promise<void> {
    const made: InForce[] = [];
    const broken: (ProcedureProblem & { tenant: string | null })[] = [];
    for (const { key, tenant, number, source, id } of await this.#options.store.live()) {
      const { procedure, problems } = readProcedure(source, this.#vocabulary, false);
      if (procedure !== undefined)
        made.push({
          key,
          tenant,
          origin: tenant === null ? 'provider' : 'tenant',
          version: number,
          procedure,
          source,
        });
      else {
        // It was good when it went live: a field or a technique has gone with a new Vigie, for one.
        const wrong = problems.filter(({ severity }) => severity === 'error');
        broken.push(...wrong.map((problem) => ({ ...problem, file: `${id}/${problem.file}`, tenant })));
        this.#options.log.warn(
          { procedure: id, problem: wrong[0] },
          'a procedure in force can’t be used any more',
        );
      }
    }
    this.#made = made;
    this.#madeProblems = broken;
  }

  /** What is in force at a tenant, by id: its own before the provider's before Vigie's. Null: for all tenants. */
  inForce(tenant: string | null): ReadonlyMap<string, InForce> {
    const found = new Map(this.#shipped);
    for (const one of this.#made) if (one.tenant === null) found.set(one.procedure.file.id, one);
    for (const one of this.#made)
      if (one.tenant !== null && one.tenant === tenant) found.set(one.procedure.file.id, one);
    return found;
  }

  async list(scope: Scope, language: Language): Promise<ProcedurePage> {
    const stored = await this.#options.store.list(scope);
    const ofAll = new Set(
      this.#made.filter(({ tenant }) => tenant === null).map((one) => one.procedure.file.id),
    );
    const shipped = [...this.#shipped.values()].map((one) =>
      rowOf(one, language, {
        live: one.version,
        replaced: ofAll.has(one.procedure.file.id),
        changedAt: null,
        changedBy: null,
      }),
    );
    const made = stored.flatMap(({ head: record, newest }) => {
      const read = readProcedure(newest.source, this.#vocabulary, false).procedure;
      if (read === undefined) return [];
      return [rowOf(this.#head(record, newest.number, read), language, stateOf(record))];
    });
    // Who is confined to some tenants sees what the provider has put in force for all, and no draft of it.
    const given =
      scope === 'all'
        ? []
        : this.#made
            .filter(({ tenant }) => tenant === null)
            .map((one) =>
              rowOf(one, language, { live: one.version, replaced: false, changedAt: null, changedBy: null }),
            );
    return {
      items: [...made, ...given, ...shipped].sort((a, b) => a.title.localeCompare(b.title, language)),
      problems: [
        ...this.#shippedProblems,
        ...this.#madeProblems
          .filter(({ tenant }) => scope === 'all' || (tenant !== null && scope.includes(tenant)))
          .map(({ tenant: _, ...problem }) => problem),
      ],
    };
  }

  coverage(tenant: string | null, language: Language): ProcedureCoverage {
    const all = [...this.inForce(tenant).values()];
    const { rules } = this.#options.rules();
    const live = [...rules.values()].filter(({ state }) => state === 'live');
    const without = live
      .filter((known) => {
        const facts = factsOfRule(known, this.#options.rules(), this.#options.attack);
        return !all.some(({ procedure }) => fitOf(procedure.file, facts) !== undefined);
      })
      .sort((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || (a.key < b.key ? -1 : 1));
    return {
      types: INCIDENT_TYPES.map((type) => ({
        type,
        procedures: all
          .filter(({ procedure }) => procedure.file.types.includes(type))
          .map(({ procedure }) => ({ id: procedure.file.id, title: wordsIn(procedure, language).title })),
      })),
      rules: live.length,
      without: without
        .slice(0, MAX_WITHOUT)
        .map(({ key, rule, level }) => ({ id: key, title: rule.title, level })),
    };
  }

  shipped(id: string, language: Language): ProcedureDetail | undefined {
    const one = this.#shipped.get(id);
    if (one === undefined) return undefined;
    const replaced = this.#made.some(({ tenant, procedure }) => tenant === null && procedure.file.id === id);
    return {
      ...rowOf(one, language, { live: one.version, replaced, changedAt: null, changedBy: null }),
      source: textsOf(one.source),
      content: contentOf(one.procedure, language),
      revision: null,
      versions: [],
    };
  }

  async own(scope: Scope, key: string, language: Language): Promise<ProcedureDetail | undefined> {
    const found = await this.#options.store.get(scope, key);
    if (found === undefined) return this.#given(key, language);
    const { head: record, versions } = found;
    const newest = versions[0]!;
    const read = readProcedure(newest.source, this.#vocabulary, false).procedure;
    if (read === undefined) return undefined;
    return {
      ...rowOf(this.#head(record, newest.number, read), language, stateOf(record)),
      source: textsOf(newest.source),
      content: contentOf(read, language),
      revision: record.revision,
      versions: versions.map(({ number, author, note, createdAt, wasLive, source }) => ({
        number,
        state: number === record.live ? 'live' : wasLive ? 'retired' : 'draft',
        author,
        note,
        createdAt,
        source: textsOf(source),
      })),
    };
  }

  check({ sop, texts }: ProcedureTexts, language: Language): ProcedureCheck {
    const { rules } = this.#options.rules();
    const vocabulary = procedureVocabulary(this.#options.attack, (id) => rules.has(id));
    const { procedure, problems } = readProcedure({ sop, texts }, vocabulary, false);
    const one = procedure && {
      tenant: null,
      origin: 'provider' as const,
      version: procedure.file.version,
      procedure,
    };
    return {
      problems: [...problems],
      preview:
        one === undefined ? null : { ...headOf(one, language), content: contentOf(one.procedure, language) },
    };
  }

  async add(
    identity: Identity,
    { tenant, note, ...texts }: NewProcedure,
  ): Promise<ProcedureDetail | ProcedureRefused> {
    const read = this.#read(texts);
    if ('refused' in read) return read;
    const key = randomUUID();
    const refusal = await this.#options.store.add(
      identity.scope,
      key,
      tenant,
      read.id,
      this.#text(texts, note, identity),
    );
    return refusal === undefined ? this.#told(identity, key) : refused(refusal);
  }

  async save(
    identity: Identity,
    key: string,
    { note, revision, ...texts }: NewProcedureVersion,
  ): Promise<ProcedureDetail | ProcedureRefused> {
    const found = await this.#options.store.get(identity.scope, key);
    if (found === undefined) return refused('not-found');
    const read = this.#read(texts);
    if ('refused' in read) return read;
    if (read.id !== found.head.id)
      return {
        refused: 'invalid',
        message: `the id stays ${found.head.id}: incidents carry it; make a new procedure for another`,
      };
    const text = this.#text(texts, note, identity);
    const saved = await this.#options.store.save(identity.scope, key, revision, text);
    return typeof saved === 'number' ? this.#told(identity, key) : refused(saved);
  }

  async move(
    identity: Identity,
    key: string,
    { live, revision }: ProcedureMove,
  ): Promise<ProcedureDetail | ProcedureRefused> {
    if (live !== null) {
      const found = await this.#options.store.get(identity.scope, key);
      const version = found?.versions.find(({ number }) => number === live);
      if (version === undefined) return refused('not-found');
      // A draft may be older than what it was checked against.
      const read = this.#read(version.source);
      if ('refused' in read) return read;
    }
    const by = { author: identity.name, at: this.#options.now() };
    const moved = await this.#options.store.move(identity.scope, key, revision, live, by);
    if (moved !== true) return refused(moved);
    await this.reload();
    return this.#told(identity, key);
  }

  async remove({ scope }: Identity, key: string): Promise<true | ProcedureRefused> {
    if (await this.#options.store.remove(scope, key)) return true;
    if ((await this.#options.store.get(scope, key)) === undefined) return refused('not-found');
    return { refused: 'live', message: 'it is in force; take it out of force first' };
  }

  /** One that the provider has put in force for all, as those see it who are confined to some tenants. */
  #given(key: string, language: Language): ProcedureDetail | undefined {
    const one = this.#made.find((each) => each.key === key && each.tenant === null);
    if (one === undefined) return undefined;
    return {
      ...rowOf(one, language, { live: one.version, replaced: false, changedAt: null, changedBy: null }),
      source: textsOf(one.source),
      content: contentOf(one.procedure, language),
      revision: null,
      versions: [],
    };
  }

  #head(record: VersionedHead, version: number, procedure: InForce['procedure']) {
    const origin = record.tenant === null ? ('provider' as const) : ('tenant' as const);
    return { key: record.key, tenant: record.tenant, origin, version, procedure };
  }

  /** The id of a procedure that may be kept. */
  #read(texts: InForce['source']): { readonly id: string } | ProcedureRefused {
    const { procedure, problems } = readProcedure(texts, this.#vocabulary, false);
    if (procedure !== undefined) return { id: procedure.file.id };
    const wrong = problems.filter(({ severity }) => severity === 'error');
    const first = wrong[0]!;
    return { refused: 'invalid', message: `${first.file}:${first.line}: ${first.message}`, problems: wrong };
  }

  #text(source: ProcedureTexts, note: string, by: Identity): ProcedureText & KeptBy {
    return { source, note, author: by.name, at: this.#options.now() };
  }

  async #told({ scope }: Identity, key: string): Promise<ProcedureDetail | ProcedureRefused> {
    return (await this.own(scope, key, 'en')) ?? refused('not-found');
  }
}

function stateOf({ live, changedAt, changedBy }: VersionedHead) {
  return { live, replaced: false, changedAt, changedBy };
}

function refused(refusal: VersionedRefusal): ProcedureRefused {
  return { refused: refusal, message: MESSAGES[refusal] };
}
