import { randomUUID } from 'node:crypto';
import type {
  MappingDetail,
  MappingFieldList,
  MappingPage,
  MappingView,
  StatusView,
} from '@vigie/contracts/api';
import { MappingFile } from '@vigie/contracts/mapping.ts';
import { ALLOWED, ecsFields } from '@vigie/sources/kit/ecs-types.ts';
import { suggestMapping } from '@vigie/sources/kit/mapping/index.ts';
import type { Kysely } from 'kysely';
import type { Author, MappingBook, MappingRefused, Scope } from '../api/index.ts';
import type { Directory } from '../storage/state/directory.ts';
import { MappingStore, type MappingText } from '../storage/state/mapping-store.ts';
import type { Database } from '../storage/state/schema.ts';
import type {
  KeptBy,
  VersionedHead,
  VersionedRefusal,
  VersionFacts,
} from '../storage/state/versioned-texts.ts';
import { MappingFiguresBook } from './mapping-figures.ts';
import { definitionOf, previewMapping, readMapping, reasonNotLive } from './mapping-preview.ts';
import { mappingYaml, parseMappingYaml } from './mapping-yaml.ts';
import type { LiveMapping, MappingTally } from './prepare/mapped.ts';

export interface MappingsOptions {
  readonly db: Kysely<Database>;
  readonly directory: Pick<Directory, 'sources'>;
  /** Told of the mappings in force whenever they change. */
  readonly onLive: (mappings: readonly LiveMapping[]) => void;
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void };
}

/** The mappings: what people make of them, what is in force, what it did. */
export interface Mappings extends MappingBook {
  /** Reads what is in force from the database and hands it to those who read. */
  reload(): Promise<void>;
  /** Whether a mapping of that id is in force at a tenant. */
  knows(tenant: string, id: string): boolean;
  /** Adds what mappings did. */
  note(tallies: readonly MappingTally[]): void;
  /** What a person should look at. */
  warnings(since: number): StatusView['warnings'];
}

const MESSAGES: Readonly<Record<VersionedRefusal, string>> = {
  exists: 'there is a mapping of that id already; save a new version of it',
  conflict: 'somebody has changed the mapping meanwhile; load it again',
  'not-found': 'there is no such mapping or version',
};

/** ECS's fields as completion offers them. */
export function listEcsFields(): MappingFieldList['items'] {
  return [...ecsFields()].map(([field, { type, list }]) => ({
    field,
    type,
    list,
    allowed: Object.hasOwn(ALLOWED, field) ? [...ALLOWED[field as keyof typeof ALLOWED]] : null,
  }));
}

/** Wires mappings together. */
export function createMappings(options: MappingsOptions): Mappings {
  return new MappingService(options);
}

class MappingService implements Mappings {
  readonly #options: MappingsOptions;
  readonly #store: MappingStore;
  readonly #figures = new MappingFiguresBook();
  #live: readonly LiveMapping[] = [];

  constructor(options: MappingsOptions) {
    this.#options = options;
    this.#store = new MappingStore(options.db);
  }

  async reload(): Promise<void> {
    const live: LiveMapping[] = [];
    for (const { key, tenant, definition } of await this.#store.live()) {
      const { file, problems } = readMapping(JSON.parse(definition));
      const wrong = problems.find(({ severity }) => severity === 'error');
      if (file !== undefined && wrong === undefined)
        live.push({ key, tenant, definition: definitionOf(file) });
      else {
        // It was good when it went live: a technology of its id has come with Vigie since, for one.
        this.#options.log.warn({ mapping: key, problem: wrong }, 'a mapping in force can’t be used any more');
        this.#figures.note([
          {
            key,
            id: file?.id ?? key,
            read: 0,
            refused: 0,
            failed: 0,
            misfits: [],
            broken: wrong?.message ?? 'invalid',
          },
        ]);
      }
    }
    this.#live = live;
    this.#options.onLive(live);
  }

  knows(tenant: string, id: string): boolean {
    return this.#live.some(
      (one) => one.definition.id === id && (one.tenant === null || one.tenant === tenant),
    );
  }

  note(tallies: readonly MappingTally[]): void {
    this.#figures.note(tallies);
  }

  warnings(since: number): StatusView['warnings'] {
    const warnings: StatusView['warnings'] = [];
    for (const { key, definition } of this.#live) {
      const { failed, error, refused, read } = this.#figures.of(key);
      if (failed > 0 || (error !== null && read === 0))
        warnings.push({
          code: 'VIGIE_MAPPING_FAILS',
          message: `mapping ${definition.id} failed at ${failed} lines${error === null ? '' : `: ${error}`}`,
          since,
        });
      else if (refused > read)
        warnings.push({
          code: 'VIGIE_MAPPING_REFUSES',
          message: `${refused} lines of sources set to the mapping ${definition.id} are not of its format`,
          since,
        });
    }
    return warnings;
  }

  async list(scope: Scope): Promise<MappingPage> {
    const found = await this.#store.list(scope);
    return { items: found.map(({ head, newest }) => this.#view(scope, head, newest)) };
  }

  async get(scope: Scope, key: string): Promise<MappingDetail | undefined> {
    const found = await this.#store.get(scope, key);
    if (found === undefined) return undefined;
    const { head: mapping, versions } = found;
    return {
      ...this.#view(scope, mapping, versions[0]!),
      versions: versions.map(({ number, definition, note, author, createdAt, wasLive }) => ({
        number,
        state: number === mapping.live ? 'live' : wasLive ? 'retired' : 'draft',
        author,
        note,
        createdAt,
        definition: MappingFile.parse(JSON.parse(definition)),
      })),
    };
  }

  async add(
    scope: Scope,
    { tenant, definition, note }: Parameters<MappingBook['add']>[1],
    by: Author,
  ): Promise<MappingDetail | MappingRefused> {
    const key = randomUUID();
    const refusal = await this.#store.add(
      scope,
      key,
      tenant,
      definition.id,
      this.#text(definition, note, by),
    );
    return refusal === undefined ? this.#told(scope, key) : refused(refusal);
  }

  async save(
    scope: Scope,
    key: string,
    { definition, note, revision }: Parameters<MappingBook['save']>[2],
    by: Author,
  ): Promise<MappingDetail | MappingRefused> {
    const found = await this.#store.get(scope, key);
    if (found === undefined) return refused('not-found');
    if (found.head.id !== definition.id)
      return {
        refused: 'invalid',
        message: `the id stays ${found.head.id}: stored events carry it; make a new mapping for another`,
      };
    const saved = await this.#store.save(scope, key, revision, this.#text(definition, note, by));
    return typeof saved === 'number' ? this.#told(scope, key) : refused(saved);
  }

  async move(
    scope: Scope,
    key: string,
    { to, number, revision }: Parameters<MappingBook['move']>[2],
    by: Author,
  ): Promise<MappingDetail | MappingRefused> {
    const at = this.#options.now();
    if (to === 'live') {
      const found = await this.#store.get(scope, key);
      const version = found?.versions.find((one) => one.number === number);
      if (version === undefined) return refused('not-found');
      const reason = reasonNotLive(MappingFile.parse(JSON.parse(version.definition)), at);
      if (reason !== undefined)
        return { refused: 'not-ready', message: `not live: ${reason.message}`, details: reason.preview };
    }
    const moved = await this.#store.move(scope, key, revision, to === 'live' ? number : null, {
      author: by.name,
      at,
    });
    if (moved !== true) return refused(moved);
    this.#figures.reset(key);
    await this.reload();
    return this.#told(scope, key);
  }

  async remove(scope: Scope, key: string): Promise<true | MappingRefused> {
    if (await this.#store.remove(scope, key)) {
      this.#figures.reset(key);
      return true;
    }
    if ((await this.#store.get(scope, key)) === undefined) return refused('not-found');
    return { refused: 'live', message: 'it is live; take it out of force first' };
  }

  async import(
    scope: Scope,
    { tenant, yaml, note }: Parameters<MappingBook['import']>[1],
    by: Author,
  ): Promise<MappingDetail | MappingRefused> {
    let file: MappingFile;
    try {
      file = parseMappingYaml(yaml);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return { refused: 'invalid', message: error.message };
    }
    const known = await this.#store.find(scope, tenant, file.id);
    if (known === undefined) return this.add(scope, { tenant, definition: file, note }, by);
    return this.save(scope, known.key, { definition: file, note, revision: known.revision }, by);
  }

  async export(scope: Scope, key: string, number?: number) {
    const found = await this.#store.get(scope, key);
    const version = found?.versions.find((one) => one.number === (number ?? found.head.newest));
    if (version === undefined) return undefined;
    const file = MappingFile.parse(JSON.parse(version.definition));
    return { yaml: mappingYaml(file), fileName: `${file.id}.mapping.yml` };
  }

  preview({ definition, lines, timeZone = 'UTC' }: Parameters<MappingBook['preview']>[0]) {
    return previewMapping(definition, lines, timeZone, this.#options.now());
  }

  suggest(lines: readonly string[]) {
    const found = suggestMapping(lines, this.#options.now());
    return (
      found && {
        format: found.format,
        after: found.after ?? null,
        formatReason: found.formatReason,
        signatures: [...found.signatures],
        fields: found.fields.map(({ rule, reason }) => ({
          rule: { as: 'value' as const, lowercase: false, otherwise: 'keep' as const, ...rule },
          reason,
        })),
        constants: [...found.constants],
        lines: found.lines,
      }
    );
  }

  async #told(scope: Scope, key: string): Promise<MappingDetail | MappingRefused> {
    return (await this.get(scope, key)) ?? refused('not-found');
  }

  #text(definition: MappingFile, note: string, by: Author): MappingText & KeptBy {
    return { definition: JSON.stringify(definition), note, author: by.name, at: this.#options.now() };
  }

  #view(scope: Scope, mapping: VersionedHead, newest: VersionFacts & MappingText): MappingView {
    const file = MappingFile.parse(JSON.parse(newest.definition));
    return {
      ...mapping,
      name: file.name,
      format: file.format.kind,
      fields: file.fields.length,
      sources: this.#options.directory
        .sources()
        .filter(
          (row) =>
            row.type === mapping.id &&
            (mapping.tenant === null || row.tenant === mapping.tenant) &&
            (scope === 'all' || scope.includes(row.tenant)),
        )
        .map(({ tenant, id, name }) => ({ tenant, id, name })),
      figures: this.#figures.of(mapping.key),
    };
  }
}

function refused(refusal: VersionedRefusal): MappingRefused {
  return { refused: refusal, message: MESSAGES[refusal] };
}
