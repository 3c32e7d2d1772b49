import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EcsFields } from '@vigie/contracts';
import { readEvtx } from '@vigie/evtx';
import { loadTaxonomy } from '@vigie/server/app/taxonomy.ts';
import { compile, parseRules } from '@vigie/sigma';
import { parseRuleFiles, readRuleFolder } from '@vigie/sigma/node.ts';
import { createReader, REGISTRY } from '@vigie/sources';
import { describe, expect, it } from 'vitest';
import { couldHold, isDecidedBy } from './foresight.ts';
import { DECIDING, RuleIndex } from './rule-index.ts';

const taxonomy = loadTaxonomy(fileURLToPath(new URL('../../detections/taxonomy', import.meta.url)));
const shipped = fileURLToPath(new URL('../../detections/sigma', import.meta.url));
const sources = fileURLToPath(new URL('../../sources', import.meta.url));
const reader = createReader({ registry: REGISTRY });

/** Every sample of every source, as a document. */
function* sampleEvents(): Generator<EcsFields> {
  for (const name of readdirSync(sources, { recursive: true, encoding: 'utf8' })) {
    if (!/samples\/[^/]+\.(?:log|ndjson|xml|json)$/.test(name) || name.endsWith('.expected.json')) continue;
    for (const text of readFileSync(join(sources, name), 'utf8').split('\n'))
      if (text !== '') yield reader.read({ text, receivedAt: Date.UTC(2026, 11, 1) }).fields;
  }
}

function* recordsOf(file: string): Generator<EcsFields> {
  for (const record of readEvtx(readFileSync(file))) {
    const json = record.toJson() as { [key: string]: unknown };
    yield reader.read({ text: JSON.stringify(json), json, receivedAt: Date.now() }).fields;
  }
}

/** Holds an index against one matcher of all rules; returns how often rules matched. */
function compare(folder: string, events: Iterable<EcsFields>): number {
  const { rules, filters } = parseRuleFiles(readRuleFolder(folder));
  const matcher = compile(rules, { taxonomy, filters });
  const index = new RuleIndex(rules, filters, taxonomy);
  let matches = 0;
  for (const fields of events) {
    const expected = matcher.match(fields).map(({ rule }) => rule.title);
    expect(index.match(fields).map(({ rule }) => rules[rule]!.title)).toEqual(expected);
    matches += expected.length;
  }
  return matches;
}

describe('an index of rules', () => {
  it('finds what one matcher of all rules finds, on the samples of all sources', () => {
    expect(compare(shipped, sampleEvents())).toBeGreaterThan(5);
  });

  const corpus = process.env['VIGIE_CORPUS'] ?? '';
  it.runIf(corpus !== '' && existsSync(join(corpus, 'sigma/rules')))(
    'does so with the rules and event logs of a corpus',
    () => {
      const files = readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.evtx'),
      );
      const events = function* () {
        for (const name of files) yield* recordsOf(join(corpus, name));
      };
      expect(compare(join(corpus, 'sigma/rules'), events())).toBeGreaterThan(1000);
    },
    600_000,
  );
});

describe('foresight', () => {
  const of = (condition: string) => {
    const { rules, errors } = parseRules(
      `title: t\nlogsource: { product: windows }\ndetection:\n  id: { EventID: [4624, 4625] }\n  not_system: { Channel: System }\n  text: { CommandLine|contains: x }\n  many: { EventID|gte: 4000 }\n  condition: ${condition}\n`,
    );
    expect(errors).toEqual([]);
    return rules[0]!;
  };
  const could = (condition: string, known: EcsFields) => couldHold(of(condition), taxonomy, known, DECIDING);

  it('rules out only what no other field could make hold', () => {
    expect(could('id and text', { 'event.code': '4624' })).toBe(true);
    expect(could('id and text', { 'event.code': '1' })).toBe(false);
    expect(could('id or text', { 'event.code': '1' })).toBe(true);
    expect(could('text and not not_system', { 'winlog.channel': 'System' })).toBe(false);
    expect(could('text and not not_system', {})).toBe(true);
    expect(could('not id', { 'event.code': '4624' })).toBe(false);
    expect(could('not text', { 'event.code': '1' })).toBe(true);
    expect(could('2 of them', { 'event.code': '1', 'winlog.channel': 'Security' })).toBe(true);
    expect(could('all of them', { 'event.code': '1' })).toBe(false);
    // Comparisons are left to the matcher.
    expect(could('many', { 'event.code': '1' })).toBe(true);
  });

  it('knows which rules it can say anything about', () => {
    expect(isDecidedBy(of('id'), taxonomy, DECIDING)).toBe(true);
    expect(isDecidedBy(of('id'), taxonomy, ['user.name'])).toBe(false);
  });
});
