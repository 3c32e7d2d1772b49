import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParsedRules, parseRules } from '@vigie/sigma';
import { readRuleFolder } from '@vigie/sigma/node.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ParsedFiles } from '../detect/index.ts';
import { readProcedureFolder } from '../procedures/index.ts';
import { loadAttack } from './attack.ts';
import { procedureVocabulary } from './procedure-vocabulary.ts';
import { parseShipped, pathBelow, readShipped } from './shipped.ts';
import { parseProcedures, shippedProcedures } from './shipped-procedures.ts';
import { loadTaxonomy } from './taxonomy.ts';

const DETECTIONS = join(import.meta.dirname, '..', '..', 'detections');

describe('what the build has parsed', () => {
  let installation: string;
  let rules: string;
  beforeEach(() => {
    installation = mkdtempSync(join(tmpdir(), 'vigie-shipped-'));
    cpSync(DETECTIONS, join(installation, 'detections'), { recursive: true });
    rules = join(installation, 'detections', 'sigma');
    mkdirSync(join(installation, 'dist'));
    writeFileSync(join(installation, 'dist', 'shipped.json'), parseShipped(installation));
  });
  afterEach(() => rmSync(installation, { recursive: true }));

  /** Files by path, parsed as a set of rules parses them. */
  function parsedFrom(ahead = readShipped(installation).parsed): Map<string, ParsedRules> {
    const parse = new ParsedFiles(ahead).parser();
    return new Map(
      readRuleFolder(rules).map(({ path, text }) => {
        const file = { origin: 'vigie', path: pathBelow(rules, path), text };
        return [file.path, parse(file)];
      }),
    );
  }

  test('is what reading the files gives, and is not read again', () => {
    const shipped = readShipped(installation);
    expect(shipped.taxonomy).toEqual(loadTaxonomy(join(DETECTIONS, 'taxonomy')));
    const found = parsedFrom(shipped.parsed);
    expect(found.size).toBeGreaterThan(30);
    const ready = new Set(shipped.parsed.values());
    for (const [path, parsed] of found) expect([path, ready.has(parsed)]).toEqual([path, true]);
    expect(found).toEqual(parsedFrom(new Map()));
  });

  test('a file that has changed since counts as it is now', () => {
    const { path, text } = readRuleFolder(rules)[0]!;
    const changed = text.replace(/^title: .*$/m, 'title: Another title');
    writeFileSync(path, changed);
    const name = pathBelow(rules, path);
    expect(parsedFrom().get(name)).toEqual(parseRules(changed, { file: name }));
    writeFileSync(
      join(installation, 'detections', 'taxonomy', 'quay.yml'),
      'fields:\n  - product: quay\n    map: { Berth: quay.berth }\n',
    );
    const { taxonomy } = readShipped(installation);
    expect(JSON.stringify(taxonomy)).toContain('quay.berth');
    expect(taxonomy).toEqual(loadTaxonomy(join(installation, 'detections', 'taxonomy')));
  });

  test('without it everything is read from the files', () => {
    rmSync(join(installation, 'dist', 'shipped.json'));
    const { taxonomy, parsed } = readShipped(installation);
    expect(taxonomy).toEqual(loadTaxonomy(join(DETECTIONS, 'taxonomy')));
    expect(parsed.size).toBe(0);
  });
});

describe('the procedures that the build has read', () => {
  let installation: string;
  const sops = join(DETECTIONS, '..', 'sops');
  const attack = loadAttack(DETECTIONS);
  const read = () => readProcedureFolder(join(installation, 'sops'), procedureVocabulary(attack));
  beforeEach(() => {
    installation = mkdtempSync(join(tmpdir(), 'vigie-shipped-'));
    cpSync(sops, join(installation, 'sops'), { recursive: true });
    mkdirSync(join(installation, 'detections'));
    cpSync(join(DETECTIONS, 'attack.json'), join(installation, 'detections', 'attack.json'));
    mkdirSync(join(installation, 'dist'));
    writeFileSync(join(installation, 'dist', 'procedures.json'), parseProcedures(installation));
  });
  afterEach(() => rmSync(installation, { recursive: true }));

  test('are those of the folder', () => {
    const found = shippedProcedures(installation, attack);
    expect(found.procedures.length).toBeGreaterThan(3);
    expect(found).toEqual(read());
  });

  test('count as the folder has them now when it has changed', () => {
    const [first] = shippedProcedures(installation, attack).procedures;
    rmSync(join(installation, 'sops', first!.procedure.file.id), { recursive: true });
    const found = shippedProcedures(installation, attack);
    expect(found.procedures.map(({ procedure }) => procedure.file.id)).not.toContain(
      first!.procedure.file.id,
    );
    expect(found).toEqual(read());
  });
});
