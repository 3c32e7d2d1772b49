import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ParsedRules, parseRules } from '@vigie/sigma';
import { readRuleFolder } from '@vigie/sigma/node.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ParsedFiles } from '../detect/index.ts';
import { parseShipped, pathBelow, readShipped } from './shipped.ts';
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
