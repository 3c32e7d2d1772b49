import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../kit/csv.ts';
import { kindOf } from './columns.ts';

const kind = (text: string): ReturnType<typeof kindOf> => kindOf(parseCsv(text));

describe('kindOf', () => {
  it('knows a record by its columns, not by their number alone', () => {
    expect(
      kind(
        '"2026-03-01 10:00:00","a","a","","192.0.2.7","Allowed","1 (A)","NOERROR","x.example.","","N","N",""',
      ),
    ).toBe('dns');
    expect(
      kind('"2026-03-01 10:00:00","a","10.0.0.1","55605","192.0.2.7","443","Malware","Roaming Computers"'),
    ).toBe('ip');
  });
  it.each([
    '"2026-03-01 10:00:00","a","b","c"',
    '"2026-03-01 10:00:00","a","a","not an address","192.0.2.7","Allowed","1 (A)","NOERROR","x","","N","N",""',
    '"2026-03-01 10:00:00","a","a","10.0.0.1","192.0.2.7","maybe","1 (A)","NOERROR","x","","N","N",""',
    '"2026-03-01 10:00:00","a","10.0.0.1","x","192.0.2.7","443","Malware","Roaming Computers"',
    '"yesterday","a","10.0.0.1","55605","192.0.2.7","443","Malware","Roaming Computers"',
    '"","2026-03-01 10:00:00","a","b","c","d","nowhere","before","after"',
  ])('leaves %s to others', (text) => {
    expect(kind(text)).toBeUndefined();
  });
});
