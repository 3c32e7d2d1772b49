import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '@vigie/contracts';
import type { RuleVersion, RuleVersions } from '@vigie/contracts/api';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { WorkshopRefusal } from '../../api/index.ts';
import { LiveExceptions, type TrialHits } from '../../detect/index.ts';
import { RuleStore } from '../../storage/state/rule-store.ts';
import { RuleTrialStore } from '../../storage/state/rule-trial-store.ts';
import { RuleVersionStore } from '../../storage/state/rule-version-store.ts';
import { openTestState, type TestState } from '../../storage/state/testing/test-state.ts';
import { loadAttack } from '../attack.ts';
import { LiveRules } from '../rule-book.ts';
import { RuleChecker } from '../rule-check.ts';
import { createRuleChecks } from '../rule-checks.ts';
import { Workshop } from '../rule-workshop.ts';
import { loadTaxonomy } from '../taxonomy.ts';

export const INSTALLATION = join(import.meta.dirname, '..', '..', '..');
export const taxonomy = loadTaxonomy(join(INSTALLATION, 'detections', 'taxonomy'));
export const attack = loadAttack(join(INSTALLATION, 'detections'));

/** Ids of the rules below. */
export const SHIPPED = '7d0f8c1e-3a52-4b6e-9c11-0f5f2a6d8e01';
export const BASE = '7d0f8c1e-3a52-4b6e-9c11-0f5f2a6d8e02';
export const MANY = '7d0f8c1e-3a52-4b6e-9c11-0f5f2a6d8e03';
export const OWN = '7d0f8c1e-3a52-4b6e-9c11-0f5f2a6d8e04';
/** Two people. */
export const ANNA = { id: 'u1', name: 'Anna' };
export const BRAM = { id: 'u2', name: 'Bram' };

/** A rule on a word in the logs of Linux; `more` goes before its logsource. */
export const rule = (id: string, word: string, more = '') =>
  `title: The word ${word}
id: ${id}
status: test
${more}logsource:
  product: linux
detection:
  selection:
    event.original|contains: ${word}
  condition: selection
level: high
falsepositives:
  - Somebody who says it
`;

/** Two documents: what is counted, and the count. */
export const COUNTED = `${rule(BASE, 'lantern', 'name: lantern_seen\n')}---
title: Many lanterns
id: ${MANY}
status: test
correlation:
  type: event_count
  rules:
    - lantern_seen
  group-by:
    - host.name
  timespan: 5m
  condition:
    gte: 3
level: high
falsepositives:
  - A feast
`;

/** Cases of a rule on the word `anchor`. */
export const CASES = `cases:
  - name: somebody says it
    fires: true
    logs:
      - log: '<38>{{syslog}} web1 sshd[100]: Failed password for anchor from 192.0.2.7 port 40000 ssh2'
  - name: nobody does
    fires: false
    logs:
      - log: '<38>{{syslog}} web1 sshd[100]: Failed password for sailor from 192.0.2.7 port 40000 ssh2'
`;

interface Bench {
  readonly rules: LiveRules;
  readonly workshop: Workshop;
  readonly trials: RuleTrialStore;
  readonly logged: unknown[];
  readonly exceptions: LiveExceptions;
}

/** The value of what was not refused. @throws Error with the refusal */
export function done<T extends object>(outcome: T | WorkshopRefusal): T {
  if ('refused' in outcome) throw new Error(`${outcome.refused}: ${outcome.message}`);
  return outcome;
}

/** The refusal of what was refused. */
export function refused(outcome: object): WorkshopRefusal {
  expect(outcome).toHaveProperty('refused');
  return outcome as WorkshopRefusal;
}

/** A workshop over a real database, with two shipped files of rules; each test begins without versions. */
export class TestWorkshop {
  folder = '';
  state!: TestState;
  bench!: Bench;
  /** The present, epoch milliseconds. */
  clock = Date.parse('2026-03-04T10:00:00Z');
  #events = 0;

  /** Registers the hooks that start it, empty it before each test, and remove it. */
  static use(): TestWorkshop {
    const made = new TestWorkshop();
    beforeAll(() => made.#start());
    beforeEach(async () => {
      await made.state.db.deleteFrom('rule_history').execute();
      await made.state.db.deleteFrom('rule_trial_progress').execute();
      made.bench = await made.open();
    });
    afterAll(() => made.#remove());
    return made;
  }

  async #start(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'vigie-workshop-'));
    this.state = await openTestState();
    for (const id of ['harbour', 'mill'])
      await this.state.db
        .insertInto('tenant')
        .values({
          id,
          name: id,
          language: 'en',
          time_zone: 'UTC',
          retention_days: 30,
          contacts: '[]',
          created_at: 0,
        })
        .execute();
    mkdirSync(join(this.folder, 'rules'));
    this.ship('shipped.yml', rule(SHIPPED, 'beacon'));
    this.ship('shipped.cases.yml', CASES.replace('anchor', 'beacon'));
    this.ship('many.yml', COUNTED);
  }

  async #remove(): Promise<void> {
    await this.state?.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Writes a file of the shipped rules. */
  ship(name: string, text: string): void {
    writeFileSync(join(this.folder, 'rules', name), text);
  }

  /** A workshop over the database as it is, as after a start of the server. */
  async open(): Promise<Bench> {
    const logged: unknown[] = [];
    const log = {
      info: (fields: object, message: string) => logged.push({ ...fields, message }),
      warn: () => undefined,
      debug: () => undefined,
    };
    const now = () => this.clock;
    const store = new RuleStore(this.state.db);
    const versions = new RuleVersionStore(this.state.db);
    const trials = new RuleTrialStore(this.state.db);
    const exceptions = new LiveExceptions({
      taxonomy,
      onError: (_id, error) => {
        throw error;
      },
    });
    const folders = new Map([['vigie', join(this.folder, 'rules')]]);
    const rules = new LiveRules({ store, versions, exceptions, taxonomy, attack, folders, now, log });
    await rules.reload();
    const checker = new RuleChecker({ taxonomy, attack, set: () => rules.set, installation: INSTALLATION });
    const checks = createRuleChecks(checker, taxonomy);
    const workshop = new Workshop({ rules, checker, checks, versions, trials, store, attack, now, log });
    return { rules, workshop, trials, logged, exceptions };
  }

  /** An event of sshd. */
  readonly event = (message: string, tenant = 'harbour'): Event => {
    this.#events++;
    return {
      id: this.#events.toString(16).padStart(32, '0'),
      tenant,
      source: 'servers',
      time: this.clock + this.#events,
      receivedAt: this.clock + this.#events,
      fields: {
        'event.original': message,
        'event.module': 'linux',
        'event.dataset': 'linux.sshd',
        'host.name': 'pilot01',
        'host.os.type': 'linux',
      },
    };
  };

  /** Judges events as the pipeline does. */
  readonly judge = (events: readonly Event[], { rules }: Bench = this.bench) => {
    const batch = rules.matcher().match({ sequence: 1, events });
    const all = [...rules.judgeMatched([...batch.matched]), ...rules.advance(batch)];
    return {
      alerts: all.flatMap((one) => ('kind' in one ? [] : [one.ruleId])),
      trials: all.filter((one): one is TrialHits => 'kind' in one),
    };
  };

  /** Anna saves a version, which must succeed. */
  readonly save = async (
    id: string,
    text: string,
    revision: number,
    { cases = '', note = '' }: { cases?: string; note?: string } = {},
  ) => done<RuleVersion>(await this.bench.workshop.save(id, { text, cases, note, revision }, ANNA));

  /** Bram moves a version, which must succeed. */
  readonly move = async (
    id: string,
    version: number,
    to: 'test' | 'live' | 'draft' | 'retired',
    revision: number,
  ) => done<RuleVersions>(await this.bench.workshop.move(id, version, { to, note: '', revision }, BRAM));
}
