import { describe, expect, it } from 'vitest';
import { csvCell } from '../report/index.ts';
import { plainCell, readCsv } from './csv.ts';
import { judgeHandling, within } from './handling.ts';
import { macOf, userIdentifiers } from './identifiers.ts';
import { readImport } from './import.ts';
import { type MarkedAsset, MarkIndex, markTable } from './marks.ts';
import { riskOf } from './risk.ts';
import { SightingCollector } from './sightings.ts';

const MARK: MarkedAsset = {
  tenant: 'clinic',
  id: 'm',
  kind: 'host',
  name: 'mri-01',
  criticality: 'critical',
  owner: 'Radiology',
  note: 'MRI console, never isolate without calling',
  handling: ['never-isolate', 'call-first'],
  phone: '+39 0123 45',
  maintenance: null,
  keys: ['fqdn:mri-01.clinic.example', 'name:mri-01'],
};

describe('an import', () => {
  it('finds the columns by their heads, takes what it can, and tells each error by its line', () => {
    const read = readImport({
      kind: 'host',
      text: 'Hostname;Kritikalität;Notes;MAC address;Sonst\r\nMRI-01;critical;"never isolate;\ncall first";02:00:00:00:00:01;x\r\n;high;;;\r\nws02;urgent;;;\r\n"ws""3";low;;zz;\r\n',
    });
    expect(read.columns.map(({ field }) => field)).toEqual(['name', 'criticality', 'note', 'mac', null]);
    expect(read.good).toMatchObject([
      {
        line: 2,
        identifiers: [
          { type: 'mac', value: '02-00-00-00-00-01' },
          { type: 'name', value: 'mri-01' },
        ],
        patch: { criticality: 'critical', note: 'never isolate;\ncall first' },
      },
    ]);
    expect(read.errors).toEqual([
      { line: 4, message: 'the line names nobody' },
      { line: 5, message: 'criticality must be low, normal, high, critical, not "urgent"' },
      { line: 6, message: '"zz" is no mac' },
    ]);
  });

  it('refuses a quotation that does not end, and floods of lines', () => {
    expect(() => readCsv('a,b\n"x,y', 10)).toThrow('line 2: a quotation does not end');
    expect(() => readCsv(`a\n${'x\n'.repeat(11)}`, 10)).toThrow('more than 10 lines');
  });

  it('takes back what an export has put before a formula, and nothing else', () => {
    for (const text of ['=1+1', '+39 0123', '-2', '@SUM(A1)', '\t=1'])
      expect(plainCell(csvCell(text).replace(/^"|"$/g, ''))).toBe(text);
    for (const text of ["'quoted'", "O'Hara", '3=4']) expect(plainCell(text)).toBe(text);
  });
});

describe('marks', () => {
  const user = (id: string, keys: string[], criticality: 'high' | 'critical' = 'high'): MarkedAsset => ({
    ...MARK,
    id,
    kind: 'user',
    name: id,
    criticality,
    keys,
  });
  const index = new MarkIndex();
  index.set(
    markTable([
      MARK,
      user('local', ['local:ws01\\administrator']),
      user('ana', ['sid:s-1-5-21-1-2-3-4', 'account:dom\\ana', 'address:ana@dom.example']),
      user('svc', ['name:svc_backup']),
      { ...MARK, id: 'a', keys: ['fqdn:srv.a.example', 'name:srv'], criticality: 'high' },
      { ...MARK, id: 'b', keys: ['fqdn:srv.b.example', 'name:srv'], note: '', criticality: 'critical' },
    ]),
  );
  const marks = (value: string, type: 'host' | 'user', ...hosts: string[]) =>
    index
      .entity(
        'clinic',
        { type, value },
        hosts.map((host) => ({ type: 'host', value: host })),
      )
      .map(({ id }) => id);

  it('are found by every way in which events and alerts name them, at their own tenant only', () => {
    expect(index.host('clinic', { 'host.name': 'MRI-01' })?.id).toBe('m');
    expect(index.host('clinic', { 'host.name': 'mri-01.CLINIC.example' })?.id).toBe('m');
    expect(index.host('other', { 'host.name': 'mri-01' })).toBeUndefined();
    expect(index.user('clinic', { 'user.id': 'S-1-5-21-1-2-3-4', 'user.name': 'renamed' })?.id).toBe('ana');
    expect(index.user('clinic', { 'user.name': 'ana', 'user.domain': 'DOM' })?.id).toBe('ana');
    expect(marks('DOM\\Ana', 'user')).toEqual(['ana']);
    expect(marks('ana', 'user', 'web01')).toEqual(['ana']);
    expect(marks('svc_backup', 'user', 'web01')).toEqual(['svc']);
  });

  it('of an administrator of one machine are not those of another machine’s', () => {
    expect(marks('administrator', 'user', 'ws01')).toEqual(['local']);
    expect(marks('administrator', 'user', 'ws02')).toEqual([]);
    expect(index.user('clinic', { 'user.name': 'administrator', 'host.name': 'ws02' })).toBeUndefined();
    expect(
      index.user('clinic', {
        'user.name': 'Administrator',
        'user.domain': 'WS01',
        'host.name': 'ws01.x.example',
      })?.id,
    ).toBe('local');
  });

  it('of a name that two have are the more careful of both', () => {
    expect(marks('srv', 'host')).toEqual(['a', 'b']);
    expect(index.host('clinic', { 'host.name': 'srv' })).toMatchObject({
      criticality: 'critical',
      note: MARK.note,
    });
  });

  it('keep automation from what must not be done', () => {
    const said = judgeHandling([MARK], 'isolate', 0);
    expect(said).toMatchObject({ allowed: false, call: { phone: '+39 0123 45' } });
    expect(said.reasons[0]).toContain('never isolate without calling');
    expect(judgeHandling([MARK], 'scan', 0).allowed).toBe(true);
    expect(judgeHandling([{ ...MARK, handling: ['no-scan'] }], 'scan', 0).allowed).toBe(false);
    const maintenance = { days: [5], from: '22:00', to: '04:00', timeZone: 'Europe/Rome' };
    const windowed = { ...MARK, handling: [], maintenance };
    // Saturday, 01:30 in Rome: the window of Friday.
    const inside = Date.parse('2026-03-13T00:30:00Z') + 86_400_000;
    expect(within(maintenance, inside)).toBe(true);
    expect(within(maintenance, inside + 3 * 3_600_000)).toBe(false);
    expect(judgeHandling([windowed], 'change', inside + 3 * 3_600_000).allowed).toBe(false);
    expect(judgeHandling([windowed], 'change', inside).allowed).toBe(true);
    expect(judgeHandling([], 'isolate', 0)).toEqual({ allowed: true, call: null, reasons: [] });
  });
});

describe('risk', () => {
  it('is the sum of its terms, up to 100', () => {
    const worst = riskOf('critical', { incidents: 9, level: 4, alerts: 5_000, unusual: 9 });
    expect(worst.risk).toBe(100);
    expect(worst.terms.reduce((sum, { points }) => sum + points, 0)).toBe(100);
    expect(riskOf('normal', { incidents: 1, level: 3, alerts: 3, unusual: 0 })).toEqual({
      risk: 8 + 26 + 6,
      terms: [
        { term: 'criticality', points: 8, value: 'normal' },
        { term: 'incidents', points: 26, value: '1' },
        { term: 'alerts', points: 6, value: '3' },
      ],
    });
  });
});

describe('sightings', () => {
  const event = (time: number, fields: Record<string, string | string[]>) => ({
    id: '0'.repeat(32),
    tenant: 'clinic',
    source: 'logs',
    time,
    receivedAt: time,
    fields,
  });

  it('are one for all events that say the same, and bounded in a flood of made names', () => {
    const collector = new SightingCollector();
    for (let n = 0; n < 100; n++)
      collector.note(
        event(n, {
          'host.name': 'ws01',
          'host.ip': ['192.0.2.7'],
          'user.name': 'DOM\\ana',
          'host.os.name': 'Windows',
          'host.os.version': '11',
        }),
      );
    expect(collector.take()).toMatchObject([
      {
        firstAt: 0,
        lastAt: 99,
        host: { ips: ['192.0.2.7'], os: 'Windows 11' },
        user: { identifiers: [{ type: 'account', value: 'dom\\ana' }] },
      },
    ]);
    for (let n = 0; n < 20_000; n++) collector.note(event(n, { 'host.name': `made-${n}` }));
    expect(collector.take()).toHaveLength(5_000);
    expect(collector.leftOut).toBe(15_000);
  });

  it('make nobody of a name that was only tried (flooding), and somebody of the same name once it is let in', () => {
    const collector = new SightingCollector();
    const logon = (outcome: string, user: string) =>
      event(1, {
        'host.name': 'web01',
        'user.name': user,
        'event.category': ['authentication'],
        'event.outcome': outcome,
      });
    for (let n = 0; n < 100; n++) collector.note(logon('failure', `guess-${n}`));
    collector.note(logon('failure', 'deploy'));
    collector.note(logon('success', 'deploy'));
    const people = collector.take().flatMap(({ user }) => user?.identifiers ?? []);
    expect(people.map(({ value }) => value)).toEqual([expect.stringContaining('deploy')]);
  });

  it('name nobody by what every machine has', () => {
    for (const name of ['SYSTEM', 'LOCAL SERVICE', 'WS01$', '-', 'DWM-3', 'ANONYMOUS LOGON'])
      expect(userIdentifiers({ 'user.name': name, 'host.name': 'ws01' })).toEqual([]);
    expect(userIdentifiers({ 'user.name': 'DefaultAppPool', 'user.domain': 'NT Service' })).toEqual([]);
    for (const mac of ['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff', '01:00:5e:00:00:01', 'short'])
      expect(macOf(mac)).toBeUndefined();
  });
});
