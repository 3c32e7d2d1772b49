import type { RawLog } from '@vigie/contracts';
import { REGISTRY } from '@vigie/sources';
import { describe, expect, it } from 'vitest';
import { createNormalizer } from './normalizer.ts';

const raw = (text: string, more: Partial<RawLog> = {}): RawLog => ({
  tenant: 'acme',
  source: 'linux',
  transport: 'syslog-udp',
  receivedAt: Date.UTC(2026, 2, 2, 12),
  text,
  length: text.length,
  ...more,
});
const LINE =
  '2026-03-01T10:15:01.123456Z web01 sshd[4242]: Failed password for root from 203.0.113.66 port 55110 ssh2';

describe('createNormalizer', () => {
  it('makes an event of a log', () => {
    const event = createNormalizer({ registry: REGISTRY }).normalize(raw(LINE));
    expect(event).toMatchObject({ tenant: 'acme', source: 'linux', receivedAt: Date.UTC(2026, 2, 2, 12) });
    expect(event.time).toBeCloseTo(Date.UTC(2026, 2, 1, 10, 15, 1) + 123.456, 3);
    expect(event.id).toMatch(/^[0-9a-f]{32}$/);
    expect(event.fields).toMatchObject({
      '@timestamp': '2026-03-01T10:15:01.123456Z',
      'event.module': 'linux',
      'event.dataset': 'linux.sshd',
      'event.ingested': '2026-03-02T12:00:00.000Z',
      'event.original': LINE,
      'source.ip': '203.0.113.66',
    });
  });
  it('gives a log with a key the same id again, apart by tenant and source', () => {
    const { normalize } = createNormalizer({ registry: REGISTRY });
    const id = normalize(raw(LINE, { key: 'file:1' })).id;
    expect(normalize(raw(LINE, { key: 'file:1' })).id).toBe(id);
    expect(normalize(raw(LINE, { key: 'file:1', tenant: 'other' })).id).not.toBe(id);
    expect(normalize(raw(LINE, { key: 'file:1', source: 'other' })).id).not.toBe(id);
    expect(normalize(raw(LINE)).id).not.toBe(normalize(raw(LINE)).id);
  });
  it('enriches and takes ids from outside', () => {
    const { normalize } = createNormalizer({
      registry: REGISTRY,
      assignId: (log) => log.text.length.toString(16).padStart(32, '0'),
      enrich: (fields, log) => {
        fields['organization.name'] = log.tenant;
      },
    });
    const event = normalize(raw(LINE));
    expect(event.id).toBe(LINE.length.toString(16).padStart(32, '0'));
    expect(event.fields['organization.name']).toBe('acme');
  });
  it('counts by source and keeps the last failing logs', () => {
    const normalizer = createNormalizer({ registry: REGISTRY });
    normalizer.normalize(raw(LINE));
    for (let i = 0; i < 7; i++) normalizer.normalize(raw(`mystery ${i} ${'x'.repeat(5_000)}`));
    normalizer.normalize(raw('2099-01-01T00:00:00Z web01 sshd[1]: unknown words', { source: 'other' }));
    const [linux, other] = normalizer.counts();
    expect(linux).toMatchObject({
      tenant: 'acme',
      source: 'linux',
      parsed: 1,
      unrecognised: 7,
      types: { 'linux.sshd': 1 },
    });
    expect(linux?.examples.map(({ text }) => text.slice(0, 9))).toEqual([
      'mystery 2',
      'mystery 3',
      'mystery 4',
      'mystery 5',
      'mystery 6',
    ]);
    expect(linux?.examples[0]?.text).toHaveLength(2_000);
    expect(other).toMatchObject({ source: 'other', partial: 1, timeOutOfRange: 1 });
  });
});
