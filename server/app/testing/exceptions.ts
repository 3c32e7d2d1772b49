/** Exceptions over real stores and the shipped rules for Linux, for tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '@vigie/contracts';
import { permissionsOf } from '@vigie/contracts/api';
import { createReader, REGISTRY } from '@vigie/sources';
import { stamp } from '../../../scenarios/stamp.ts';
import type { Account, Identity } from '../../api/index.ts';
import {
  buildRuleSet,
  EventMatcher,
  type Found,
  Judge,
  LiveExceptions,
  type RuleSet,
} from '../../detect/index.ts';
import type { SupervisedEventStore } from '../../storage/events/options.ts';
import { TestStores } from '../../storage/events/test-store.ts';
import { ExceptionEvidence } from '../../storage/state/exception-evidence.ts';
import { ExceptionStore } from '../../storage/state/exception-store.ts';
import { openTestState, type TestState } from '../../storage/state/testing/test-state.ts';
import { Exceptions } from '../exceptions.ts';
import { loadTaxonomy } from '../taxonomy.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const RULES = join(ROOT, 'detections', 'sigma', 'linux');
export const DAY = 86_400_000;

/** Rules that the tests speak of. */
export const SUDO = 'f070c9c4-ab20-433a-8a91-1a35b7cae7cb';
export const FAILED = 'ea59839c-2475-4c31-bb41-5481470f06f9';
export const BRUTE_FORCE = '2ddf7112-2ee8-49e9-a57e-37dad4136da1';

/** Somebody signed in. */
export function person(role: Identity['role'], scope: Identity['scope'], id = 'anna'): Identity {
  return {
    kind: 'account',
    id,
    name: id === 'anna' ? 'Anna' : id,
    email: `${id}@example.org`,
    role,
    permissions: permissionsOf(role),
    scope,
    mustChangePassword: false,
  };
}

export class ExceptionsBench {
  readonly #stores = new TestStores();
  #count = 0;
  #sequence = 0;
  readonly #reader = createReader({ registry: REGISTRY });
  state!: TestState;
  events!: SupervisedEventStore;
  rules!: RuleSet;
  live!: LiveExceptions;
  exceptions!: Exceptions;
  #judge!: () => Judge;
  warnings: string[] = [];
  users: Account[] = [];
  /** Present time of everything that asks for it. */
  now = Math.floor(Date.now() / 1000) * 1000;
  /** Text of cases by file; the shipped ones unless a test says otherwise. */
  cases = new Map<string, string>();

  async open(): Promise<void> {
    this.state = await openTestState({ maxConnections: 4 });
    this.events = await this.#stores.open();
    const { db } = this.state;
    for (const id of ['acme', 'globex'])
      await db
        .insertInto('tenant')
        .values({
          id,
          name: id,
          language: 'en',
          time_zone: 'UTC',
          retention_days: 365,
          contacts: '[]',
          created_at: 0,
        })
        .execute();
    for (const [id, tenants] of [
      ['anna', null],
      ['arno', ['acme']],
      ['gus', ['globex']],
    ] as const) {
      const email = `${id}@example.org`;
      await db
        .insertInto('account')
        .values({
          id,
          email,
          name: id,
          role: 'analyst',
          tenants: tenants as string[] | null,
          password_hash: '',
          must_change_password: false,
          created_at: 0,
        })
        .execute();
      this.users.push({
        id,
        email,
        name: id === 'anna' ? 'Anna' : id,
        role: 'analyst',
        tenants: tenants as string[] | null,
        createdAt: 0,
        lastSignInAt: null,
        language: null,
        active: true,
      });
    }
    const taxonomy = loadTaxonomy(join(ROOT, 'detections', 'taxonomy'));
    const files = readdirSync(RULES)
      .filter((name) => name.endsWith('.yml') && !name.endsWith('.cases.yml'))
      .map((path) => ({ origin: 'vigie', path, text: readFileSync(join(RULES, path), 'utf8') }));
    for (const { path } of files) {
      const beside = join(RULES, path.replace('.yml', '.cases.yml'));
      if (existsSync(beside)) this.cases.set(path, readFileSync(beside, 'utf8'));
    }
    this.rules = buildRuleSet(files, taxonomy, (rule, error) => {
      throw new Error(`${rule} failed`, { cause: error });
    });
    const log = {
      warn: (fields: object, message: string) =>
        void this.warnings.push(`${message} ${JSON.stringify(fields)}`),
    };
    this.live = new LiveExceptions({
      taxonomy,
      onError: (id, error) => this.warnings.push(`${id}: ${String(error)}`),
    });
    this.#judge = () =>
      new Judge({
        rules: this.rules,
        taxonomy,
        now: () => this.now,
        disabled: new Set(),
        exceptions: this.live,
      });
    this.exceptions = new Exceptions({
      store: new ExceptionStore(db),
      evidence: new ExceptionEvidence(db),
      live: this.live,
      users: async () => this.users,
      rules: () => this.rules,
      filters: () => [],
      cases: async ({ path }) => this.cases.get(path) ?? null,
      samples: ROOT,
      search: this.events.ruleSearch,
      tenants: () => ['acme', 'globex'],
      taxonomy,
      now: () => this.now,
      log,
    });
  }

  /** Forgets exceptions and incidents; events stay. */
  async forget(): Promise<void> {
    for (const table of ['exception', 'incident', 'alert', 'detection', 'rule_hit'] as const)
      await this.state.db.deleteFrom(table).execute();
    await this.exceptions.refresh();
    this.warnings = [];
  }

  async close(): Promise<void> {
    await this.state?.close();
    await this.#stores.cleanUp();
  }

  /** A log as a source's reader understands it; placeholders as in cases. */
  event(line: string, at: number, tenant = 'acme'): Event {
    const read = this.#reader.read({ text: stamp(line, at, this.#count), receivedAt: at });
    const id = (++this.#count).toString(16).padStart(32, '0');
    return { id, tenant, source: 'servers', time: at, receivedAt: at, fields: read.fields };
  }

  async store(events: readonly Event[]): Promise<void> {
    await this.events.insert({ sequence: ++this.#sequence, events });
  }

  /** Judges events as the stream does, exceptions and all, with no memory of others. */
  detect(events: readonly Event[]): Found[] {
    const judge = this.#judge();
    const { matched } = new EventMatcher(this.rules.matcher, judge).match({ sequence: 1, events });
    return judge.judge([...matched]);
  }

  /** Puts a detection into an incident with a verdict. @returns the incident's number */
  async incident(found: Found, verdict: 'true-positive' | 'false-positive' | null): Promise<number> {
    const { db } = this.state;
    const { id } = await db
      .insertInto('incident')
      .values({
        tenant: found.tenant,
        title: 'An incident',
        level: found.level,
        level_rank: 3,
        verdict,
        first_at: found.time,
        last_at: found.time,
        created_at: found.time,
        entities: '[]',
        techniques: [],
        alert_count: 1,
        detection_count: 1,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await db
      .insertInto('alert')
      .values({
        tenant: found.tenant,
        id: `alert-${id}`,
        rule_id: found.ruleId,
        title: 'An alert',
        level: found.level,
        fold_key: `${id}`,
        incident_id: id,
        count: 1,
        first_at: found.time,
        last_at: found.time,
        entities: '[]',
        techniques: [],
        facts: '{}',
        created_at: found.time,
      })
      .execute();
    await db
      .insertInto('detection')
      .values({
        tenant: found.tenant,
        id: found.id,
        alert_id: `alert-${id}`,
        rule_id: found.ruleId,
        level: found.level,
        time: found.time,
        detected_at: found.time,
        events: JSON.stringify(found.events),
        matched: JSON.stringify(found.matched),
      })
      .execute();
    return id;
  }
}
