import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvtx } from './index.ts';

/** Folder of real event logs; an `.evtx` may have a `.json` beside it with the same (first) event. */
const corpus = process.env['VIGIE_CORPUS'];

if (corpus === undefined || !existsSync(corpus))
  console.info('Real event logs are not checked: VIGIE_CORPUS names no folder.');

describe.runIf(corpus !== undefined && existsSync(corpus))('real event logs', () => {
  const files = corpus
    ? readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.evtx'))
    : [];

  it('reads every record that the chunk headers count, without a problem', () => {
    let total = 0;
    for (const name of files) {
      const bytes = readFileSync(join(corpus!, name));
      const problems: unknown[] = [];
      let count = 0;
      for (const record of readEvtx(bytes, { onProblem: (problem) => problems.push(problem) })) {
        const { Event } = record.toJson() as { Event: { System: Record<string, unknown> } };
        expect(Event.System['Channel'], name).toBe(record.channel);
        expect(record.eventId, name).toBeTypeOf('number');
        count++;
      }
      expect(problems, name).toEqual([]);
      expect(count, name).toBe(announced(bytes));
      total += count;
    }
    console.info(`${total} records of ${files.length} files`);
  });

  it('gives the values of the JSON beside a log', () => {
    for (const name of files) {
      const beside = join(corpus!, name.replace(/evtx$/, 'json'));
      if (!existsSync(beside)) continue;
      const text = readFileSync(beside, 'utf8').replace(/^\ufeff/, '');
      const [record] = readEvtx(readFileSync(join(corpus!, name)));
      expect(comparable(record!.toJson()), name).toEqual(comparable(JSON.parse(firstObject(text))));
    }
  });
});

/** Records that the chunk headers of a file count: last record number - first + 1. */
function announced(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = 4096; at + 512 <= bytes.length; at += 65536)
    if (view.getUint32(at, true) === 0x43666c45)
      count += Number(view.getBigUint64(at + 16, true) - view.getBigUint64(at + 8, true)) + 1;
  return count;
}

/** The first of several objects that follow each other without a comma. */
function firstObject(text: string): string {
  const end = /^\}\s*^\{/m.exec(text);
  return end ? text.slice(0, end.index + 1) : text;
}

/** Leaves out how tools write the same value: braces and case of GUIDs, digits of a second, outer blanks. */
function comparable(value: unknown): unknown {
  if (typeof value === 'string') {
    const guid = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i.exec(value);
    if (guid) return guid[1]!.toLowerCase();
    return value.trim().replace(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})\d?Z$/, '$1Z');
  }
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
}
