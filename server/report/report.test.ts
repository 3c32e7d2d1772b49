import type { IncidentView } from '@vigie/contracts/api';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, describe, expect, it } from 'vitest';
import { csvCell, csvLine } from './csv.ts';
import type { IncidentReport } from './incident.ts';
import { incidentCsv } from './incident-csv.ts';
import { incidentPdf } from './pdf.ts';
import { type StixObject, stixBundle } from './stix.ts';
import { MOST_ROWS, tableText } from './table.ts';

const AT = Date.parse('2026-03-04T13:05:00Z');

// The reader of PDFs pretends to be in a browser; who shares this process must not take it for one.
afterAll(() => {
  Reflect.deleteProperty(globalThis, 'navigator');
});

function incident(more: Partial<IncidentView> = {}): IncidentView {
  return {
    id: 42,
    tenant: 'acme',
    title: 'Password spraying, then a sign-in',
    status: 'in-progress',
    level: 'high',
    verdict: null,
    owner: { id: 'anna', name: 'Anna Schüßler' },
    firstAt: AT,
    lastAt: AT + 60_000,
    createdAt: AT + 1000,
    alerts: 1,
    detections: 3,
    entities: [
      { type: 'ip', value: '203.0.113.9' },
      { type: 'ip', value: '10.1.2.3' },
      { type: 'host', value: 'mail01' },
      { type: 'user', value: "o'brien" },
      { type: 'domain', value: 'evil.example.net' },
      { type: 'file', value: 'C:\\Temp\\a.exe' },
    ],
    techniques: [{ id: 'T1110.003', name: 'Password Spraying', tactic: 'credential-access' }],
    demo: false,
    dueAt: null,
    clockState: null,
    verdictReason: null,
    urgency: { score: 4, terms: [] },
    changed: null,
    seen: false,
    summary: 'Somebody tries passwords.',
    advice: ['Block the address.', 'Réinitialiser les mots de passe ; œuvre, ĳ, ß.'],
    reason: null,
    mergedInto: null,
    merged: [],
    alertList: [
      {
        id: 'a1',
        ruleId: 'r1',
        title: 'Many failed sign-ins',
        level: 'high',
        count: 3,
        firstAt: AT,
        lastAt: AT + 60_000,
        entities: [],
        techniques: [{ id: 'T1110.003', name: 'Password Spraying', tactic: 'credential-access' }],
        diagnosis: 'Somebody tries passwords.',
        advice: [],
        falsePositives: ['a scanner of yours'],
        part: 'evidence',
        pinned: false,
        reason: null,
        evidence: [
          {
            detectionId: 'd1',
            at: AT,
            matched: [
              { field: 'user.name', value: '=cmd|calc', condition: 'contains' },
              { field: 'event.original', value: 'łódź 漢字 \u202egpj.exe\u0007', condition: 'contains' },
            ],
            events: [{ id: 'e1', at: AT, source: 'mail' }],
          },
        ],
      },
    ],
    timeline: [
      { at: AT, kind: 'evidence', text: 'Many failed sign-ins' },
      { at: AT + 5000, kind: 'comment', text: 'looking at it', actor: 'Anna' },
    ],
    mails: [],
    ...more,
  };
}

const report = (more: Partial<IncidentReport> = {}): IncidentReport => ({
  incident: incident(),
  organisation: 'ACME Hospital',
  provider: 'SOC',
  language: 'fr',
  timeZone: 'Europe/Paris',
  link: 'https://vigie.example.org/incidents/42',
  madeAt: AT + 100_000,
  ...more,
});

describe('CSV', () => {
  it.each([
    ['=1+1', `"'=1+1"`],
    ['+49 30', `"'+49 30"`],
    ['-2', `"'-2"`],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['  =1', `"'  =1"`],
    ['\t=1', `"'\t=1"`],
    ['\u200b=1', `"'\u200b=1"`],
    ['＝1', `"'＝1"`],
    ['a"b', '"a""b"'],
    ['a;=1', '"a;=1"'],
    ['a\r\n=1', '"a\r\n=1"'],
    ['plain', 'plain'],
  ])('%j is no formula (CSV formula injection)', (text, cell) => {
    expect(csvCell(text)).toBe(cell);
  });

  it('numbers stay numbers, also negative ones; an incident’s matched values are defused', () => {
    expect(csvLine([-2, true, null, undefined])).toBe('-2,true,,\r\n');
    expect(incidentCsv(report())).toContain(`user.name,"'=cmd|calc",contains`);
  });

  it('a list that is cut says so, and reads no further', async () => {
    let read = 0;
    const rows = Array.from({ length: 30_000 }, (_, n) => n);
    let lines = 0;
    let last = '';
    for await (const text of tableText('ndjson', [['n', (n: number) => n]], async () => {
      read++;
      return { items: rows, next: 'more' };
    })) {
      lines += text.split('\n').length - 1;
      last = text;
    }
    expect([read, lines, last]).toEqual([4, MOST_ROWS + 1, `{"cut":true,"rows":${MOST_ROWS}}\n`]);
  });
});

describe('STIX', () => {
  const of = (type: string) => stixBundle(report()).objects.filter((one) => one.type === type);

  it('everything that is referred to is in the bundle, and ids are the same each time', () => {
    const bundle = stixBundle(report());
    expect(stixBundle(report())).toEqual(bundle);
    const ids = new Set(bundle.objects.map(({ id }) => id));
    expect(ids.size).toBe(bundle.objects.length);
    const refs = bundle.objects.flatMap((one: StixObject) =>
      Object.entries(one).flatMap(([name, value]) => (/_refs?$/.test(name) ? [value].flat() : [])),
    );
    expect(refs.filter((ref) => !ids.has(ref as string))).toEqual([]);
    for (const { id, type } of bundle.objects)
      expect(id).toMatch(
        new RegExp(`^${type}--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`),
      );
  });

  it('observables have the ids that STIX prescribes', () => {
    // As OASIS’s own library for Python makes it.
    const [one] = stixBundle(
      report({ incident: incident({ entities: [{ type: 'ip', value: '198.51.100.3' }] }) }),
    ).objects.filter(({ type }) => type === 'ipv4-addr');
    expect(one!.id).toBe('ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4');
  });

  it('indicators are of what came from outside only, and can’t be broken out of', () => {
    expect(of('indicator').map(({ pattern }) => pattern)).toEqual([
      "[ipv4-addr:value = '203.0.113.9']",
      "[domain-name:value = 'evil.example.net']",
    ]);
    expect(of('attack-pattern')).toMatchObject([
      {
        external_references: [
          {
            source_name: 'mitre-attack',
            external_id: 'T1110.003',
            url: 'https://attack.mitre.org/techniques/T1110/003/',
          },
        ],
      },
    ]);
  });
});

describe('PDF', () => {
  async function textOf(
    from: IncidentReport,
  ): Promise<{ text: string; pages: number; lang: string; title: string }> {
    const chunks: Buffer[] = [];
    for await (const chunk of incidentPdf(from)) chunks.push(chunk as Buffer);
    const pdf = await getDocumentProxy(new Uint8Array(Buffer.concat(chunks)));
    const { text } = await extractText(pdf, { mergePages: true });
    const { info } = (await pdf.getMetadata()) as unknown as { info: { Title: string; Language: string } };
    return { text, pages: pdf.numPages, lang: info.Language, title: info.Title };
  }

  it('tells the story in the tenant’s language and time, with every character of the logs', async () => {
    const { text, lang, title } = await textOf(report());
    expect(lang).toBe('fr');
    expect(title).toBe('INC-42 Password spraying, then a sign-in');
    for (const part of [
      'Ce qui s’est passé',
      'ACME Hospital',
      'Anna Schüßler',
      'T1110.003 Password Spraying',
      'Réinitialiser les mots de passe ; œuvre, ĳ, ß.',
      '14:05:00',
      'Anna : looking at it',
      'Page 1 sur 2',
    ])
      expect(text.normalize('NFC')).toContain(part);
    // What the typeface lacks, or would turn the reading around, is shown by its number.
    expect(text).toContain('łódź ‹U+6F22›‹U+5B57› ‹U+202E›gpj.exe‹U+0007›');
  });

  it('a long incident stays bounded and says what is left out', async () => {
    const [alert] = incident().alertList;
    const long = incident({
      alertList: Array.from({ length: 500 }, (_, n) => ({
        ...alert!,
        id: `a${n}`,
        diagnosis: 'long '.repeat(200),
      })),
      timeline: Array.from({ length: 2000 }, (_, n) => ({
        at: AT + n,
        kind: 'evidence' as const,
        text: `entry ${n}`,
      })),
    });
    const { text, pages } = await textOf(report({ incident: long, language: 'en' }));
    expect(pages).toBeLessThan(80);
    expect(text).toContain('… and 1700 more; the console has them all.');
    expect(text).toContain('… and 440 more');
  });
});
