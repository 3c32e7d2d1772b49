import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compile } from './matcher.ts';
import { parseRuleFiles, readRuleFolder } from './node.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigma-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rule = (value: string) =>
  `title: ${value}\nid: ${value}\nlogsource: { product: p }\ndetection: { s: { A|re|i: 'x+', B: ${value} }, condition: s }\n`;

describe('rule files', () => {
  it('are parsed once and come back the same from the cache', () => {
    writeFileSync(join(folder, 'a.yml'), rule('one'));
    writeFileSync(join(folder, 'b.yaml'), `${rule('two')}---\ntitle: wrong\n`);
    writeFileSync(join(folder, 'b.cases.yml'), 'cases: []\n');
    const files = readRuleFolder(folder);
    expect(files.map(({ path }) => path)).toEqual([join(folder, 'a.yml'), join(folder, 'b.yaml')]);
    const cacheFile = join(folder, 'cache', 'rules.json');
    const fresh = parseRuleFiles(files, cacheFile);
    const written = statSync(cacheFile).mtimeMs;
    const cached = parseRuleFiles(files, cacheFile);
    expect(cached).toEqual(fresh);
    expect(statSync(cacheFile).mtimeMs).toBe(written);
    expect(cached.errors).toHaveLength(1);
    expect(compile(cached.rules).match({ A: 'X', B: 'two' })[0]!.rule.id).toBe('two');
    writeFileSync(join(folder, 'a.yml'), rule('three'));
    expect(parseRuleFiles(readRuleFolder(folder), cacheFile).rules.map(({ id }) => id)).toEqual([
      'three',
      'two',
    ]);
    writeFileSync(cacheFile, readFileSync(cacheFile, 'utf8').slice(0, 40));
    expect(parseRuleFiles(readRuleFolder(folder), cacheFile).rules).toHaveLength(2);
  });
});
