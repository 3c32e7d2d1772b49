import type { EcsFields } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import source from './parse.ts';

function read(text: string): { doc: EcsFields; outcome: string } {
  const doc: EcsFields = {};
  const outcome = source.parse({ text, receivedAt: Date.UTC(2026, 2, 2), timeZone: 'UTC' }, doc);
  return { doc, outcome };
}

describe('Stormshield SNS', () => {
  it('reads dates with and without quotes, in the zone of the log', () => {
    for (const quote of ['"', '']) {
      const { doc } = read(
        `id=firewall time=${quote}2026-03-01 10:00:00${quote} fw="fw-paris" tz=+0100 startime=${quote}2026-03-01 09:59:00${quote} logtype="filter"`,
      );
      expect(doc['@timestamp']).toBe('2026-03-01T09:00:00.000Z');
      expect(doc['event.start']).toBe('2026-03-01T08:59:00.000Z');
    }
  });

  it('counts durations of hundredths of a second in nanoseconds', () => {
    const { doc } = read('id=firewall fw="fw-paris" logtype="connection" duration=107331.18 sent=5 rcvd=7');
    expect(doc['event.duration']).toBe(107_331_180_000_000);
    expect(doc['network.bytes']).toBe(12);
  });

  it('takes the error number as the outcome', () => {
    const line = (error: number) =>
      read(`id=firewall fw="fw-paris" logtype="auth" user="amelie" error=${error} msg="x"`).doc;
    expect(line(0)['event.outcome']).toBe('success');
    expect(line(0)['error.code']).toBeUndefined();
    expect(line(3)['event.outcome']).toBe('failure');
    expect(line(3)['error.code']).toBe('3');
  });

  it('says of blocked traffic that it was denied', () => {
    const { doc } = read('id=firewall fw="fw-paris" logtype="filter" action=block');
    expect(doc['event.type']).toEqual(['connection', 'denied']);
  });

  it('rejects lines that are not its own', () => {
    expect(read('id=firewall fw=x').outcome).toBe('rejected');
    expect(read('logtype=filter').doc).toEqual({});
  });
});
