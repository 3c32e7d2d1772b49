import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM } from '../../../test/support/browser.ts';
import { loadAttack } from '../rules.ts';
import type { ScanResult } from '../scan.ts';
import { type Summary, summarise } from '../summary.ts';
import { cloudTrail, eventLog, put, RULES, scanFolder, sshLines } from '../testing/samples.ts';
import { cell, csv } from './csv.ts';
import { html, scriptJson } from './html.ts';
import { json } from './lines.ts';
import { navigatorLayer } from './navigator.ts';
import { sarif } from './sarif.ts';
import { sparkline } from './table.ts';

const attack = loadAttack(fileURLToPath(new URL('../../../detections/attack.json', import.meta.url)));
const EVIL = `"><img src=x onerror="document.title='owned'"></script><script>document.title='owned'</script><!--`;

let folder: string;
let result: ScanResult;
let summary: Summary;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-formats-'));
  put(folder, {
    'rules.yml': RULES,
    'logs/a.evtx': eventLog(40),
    'logs/auth.log': sshLines(5),
    'logs/t.json': cloudTrail(['CreateAccessKey']).replaceAll('mallory', JSON.stringify(EVIL).slice(1, -1)),
    [`logs/${EVIL.replaceAll('/', '∕')}.log`]: sshLines(1),
  });
  result = await scanFolder([join(folder, 'logs')], join(folder, 'rules.yml'));
  summary = summarise(result, attack, { rules: 5, seconds: 1 });
});
afterAll(() => {
  result.close();
  rmSync(folder, { recursive: true, force: true });
});

it('a summary counts what was found', () => {
  expect(summary.levels).toEqual({ critical: 1, high: 5, medium: 20, low: 6, informational: 0 });
  expect(summary.rules.map(({ title, count }) => [title, count])).toEqual([
    ['Access Key Made', 1],
    ['Secret On A Command Line', 4],
    ['Many Failed Logins', 1],
    ['Account Asks Who It Is', 20],
    ['Failed Login', 6],
  ]);
  expect(summary.techniques[0]).toMatchObject({
    id: 'T1033',
    count: 20,
    level: 'medium',
    tactics: ['discovery'],
  });
  const { timeline } = summary;
  const total = Object.values(timeline!.levels)
    .flat()
    .reduce((a, b) => a + b, 0);
  expect(total).toBe(summary.detections);
});

it('JSON is one document', () => {
  const document = JSON.parse([...json(result, summary)].join('')) as {
    summary: Summary;
    detections: unknown[];
  };
  expect(document.detections).toHaveLength(summary.detections);
});

it('SARIF names every rule it refers to', () => {
  const { runs } = JSON.parse([...sarif(result, '1.2.3')].join('')) as {
    runs: [
      {
        tool: { driver: { rules: { id: string }[] } };
        results: {
          ruleId: string;
          ruleIndex: number;
          locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
        }[];
      },
    ];
  };
  const [{ tool, results }] = runs;
  expect(results).toHaveLength(summary.detections);
  for (const { ruleId, ruleIndex, locations } of results) {
    expect(tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
    expect(() => new URL(locations[0]!.physicalLocation.artifactLocation.uri)).not.toThrow();
  }
});

it('a layer holds every technique once', () => {
  const layer = navigatorLayer(summary, '1.2.3') as {
    versions: object;
    techniques: { techniqueID: string; score: number }[];
  };
  expect(layer.versions).toMatchObject({ layer: '4.5' });
  expect(layer.techniques.map(({ techniqueID }) => techniqueID).sort()).toEqual([
    'T1033',
    'T1098.001',
    'T1110',
    'T1110.001',
    'T1552.001',
  ]);
});

describe('CSV', () => {
  it('has one row a detection', () => {
    expect([...csv(result)]).toHaveLength(summary.detections + 1);
  });
  it.each([
    ['=1+1', "'=1+1"],
    ['+49 30', "'+49 30"],
    ['-2', "'-2"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=x', `"'\t=x"`],
    ['\n=x', `"'\n=x"`],
    [' =x', "' =x"],
    ['a,b', '"a,b"'],
    ['say "x"', '"say ""x"""'],
    ['plain', 'plain'],
  ])('writes %j as %j', (value, expected) => {
    expect(cell(value)).toBe(expected);
  });
});

it('bars keep small counts visible', () => {
  expect(sparkline([0, 1, 10_000])).toBe(' ▁█');
  expect(sparkline([])).toBe('');
});

it('data can not end the script element it stands in', () => {
  const text = scriptJson(['</script>', '<!--', '\u2028', '&']);
  expect(text).not.toMatch(/[<>&\u2028]/);
  expect(JSON.parse(text)).toEqual(['</script>', '<!--', '\u2028', '&']);
});

it('the page says before its list that it holds a part, and where there is nothing that there is nothing', () => {
  const row = result.rows[0]!;
  const many = { ...result, rows: new Array<typeof row>(5001).fill(row) };
  const page = [...html(many, summary, attack, '1.2.3')].join('');
  expect(page.indexOf('The 5,000 most severe of 5,001')).toBeGreaterThan(0);
  expect(page.indexOf('The 5,000 most severe of 5,001')).toBeLessThan(page.indexOf('id="detections"'));
  const none = { ...result, rows: [] };
  const empty = [...html(none, summarise(none, attack, { rules: 1, seconds: 1 }), attack, '1.2.3')].join('');
  expect(empty).toContain('Nothing was detected.');
  expect(empty).not.toContain('<h2>Rules</h2>');
});

it.runIf(CHROMIUM !== undefined)(
  'the page works without network, and runs nothing that comes from logs',
  async () => {
    const file = join(folder, 'report.html');
    writeFileSync(file, [...html(result, summary, attack, '1.2.3')].join(''));
    expect(readFileSync(file, 'utf8')).not.toContain('<img');
    const browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(pathToFileURL(file).href);
      const rows = page.locator('#detections tr.row');
      expect(await rows.count()).toBe(summary.detections);
      await page.locator('[data-level=critical]').click();
      expect(await rows.count()).toBe(1);
      await rows.first().click();
      expect(await page.locator('#detections pre').innerText()).toContain('CreateAccessKey');
      await page.locator('button[type=reset]').click();
      await page.locator('[data-technique="t1110"]').click();
      await page.locator('#search').fill('198.51.100.23 oracle');
      expect(await rows.count()).toBe(6);
      await page.locator('#search').fill('onerror');
      expect(await rows.count()).toBe(1);
      expect(await page.title()).toContain('Vigie scan');
      expect(await page.locator('img').count()).toBe(0);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([pathToFileURL(file).href]);
      if (process.env['VIGIE_SCREENSHOT'] !== undefined)
        await page.screenshot({ path: process.env['VIGIE_SCREENSHOT'], fullPage: true });
    } finally {
      await browser.close();
    }
  },
  60_000,
);
