import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event, JsonObject } from '@vigie/contracts';
import { readEvtx } from '@vigie/evtx';
import { compile, parseRules, type SigmaRule } from '@vigie/sigma';
import { readRuleFolder } from '@vigie/sigma/node.ts';
import { toSql } from '@vigie/sigma/sql/index.ts';
import { createReader, REGISTRY } from '@vigie/sources';
import { afterAll, expect, it } from 'vitest';
import { loadTaxonomy } from '../../app/taxonomy.ts';
import { eventOf, TestStores } from './test-store.ts';

const stores = new TestStores();
afterAll(() => stores.cleanUp());

const corpus = process.env['VIGIE_CORPUS'];
const logs = process.env['VIGIE_EVTX'];
const MAX_EVENTS = Number(process.env['VIGIE_CORPUS_EVENTS'] ?? 4000);
/** Records of one file: some files hold tens of thousands of the same kind. */
const PER_FILE = 60;

it.runIf(corpus !== undefined && logs !== undefined)(
  'a corpus of rules finds the same events of a corpus of logs by SQL and by the matcher',
  async () => {
    const taxonomy = loadTaxonomy(join(import.meta.dirname, '../../../detections/taxonomy'));
    const rules = readRuleFolder(corpus!).flatMap(({ path, text }) => parseRules(text, { file: path }).rules);
    const matcher = compile(rules, { taxonomy });
    const store = await stores.open();
    const now = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 86_400_000;
    const made = [...readEvents(logs!)]
      .slice(0, MAX_EVENTS)
      .map((fields, i) => eventOf(i + 1, now + i, fields));
    await store.insert({ sequence: 1, events: made });
    const range = { from: now, to: now + MAX_EVENTS };
    const tenants = ['acme'];
    const { ruleSearch } = store;
    const found = async (where: string): Promise<Event[]> => {
      const events: Event[] = [];
      for await (const page of ruleSearch.pages({ tenants, range, where }, 10_000)) events.push(...page);
      return events;
    };
    const stored = await found('true');
    expect(stored).toHaveLength(made.length);
    const expected = new Map<SigmaRule, string[]>();
    for (const event of stored)
      for (const { rule } of matcher.match(event.fields)) {
        const ids = expected.get(rule);
        if (ids) ids.push(event.id);
        else expected.set(rule, [event.id]);
      }
    const unsupported: string[] = [];
    const differing: { title: string; sql: number; matcher: number }[] = [];
    let compared = 0;
    const queue = matcher.rules.values();
    const started = performance.now();
    const work = async () => {
      for (const rule of queue) {
        const sql = toSql(rule, { taxonomy, columns: ruleSearch.columns });
        if ('unsupported' in sql) unsupported.push(`${rule.title}: ${sql.unsupported}`);
        else {
          const bySql = (await found(sql.where)).map(({ id }) => id);
          const byMatcher = expected.get(rule) ?? [];
          compared++;
          if (bySql.join() !== byMatcher.join())
            differing.push({ title: rule.title, sql: bySql.length, matcher: byMatcher.length });
        }
      }
    };
    await Promise.all([work(), work()]);
    const live = matcher.rules.length;
    const perRule = (performance.now() - started) / Math.max(1, compared);
    console.info(
      `${stored.length} events; ${live} live rules, ${compared} expressible (${((compared / live) * 100).toFixed(2)} %), ${expected.size} of them fire; ${perRule.toFixed(1)} ms a rule\n${unsupported.join('\n')}`,
    );
    expect(differing).toEqual([]);
    expect(compared / live).toBeGreaterThan(0.97);
  },
  1_200_000,
);

function* readEvents(folder: string) {
  const reader = createReader({ registry: REGISTRY });
  const receivedAt = Date.now();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.evtx'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    let read = 0;
    for (const record of readEvtx(readFileSync(file))) {
      if (++read > PER_FILE) break;
      const json = record.toJson() as JsonObject;
      yield reader.read({ text: JSON.stringify(json), json, receivedAt }).fields;
    }
  }
}
