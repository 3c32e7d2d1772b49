// Packs the ranges of @ip-location-db/asn (CSV, 32 MB of text) into one file that loads in milliseconds:
// sorted range starts and ends as typed arrays, and each organisation's name once.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const MASK = 0xffffffffffffffffn;

/** Writes the packed file and returns its size in bytes. The layout is read by server/enrich/asn.ts. */
export function buildAsn(output) {
  const folder = dirname(
    createRequire(join(import.meta.dirname, '..', 'server', 'package.json')).resolve(
      '@ip-location-db/asn/package.json',
    ),
  );
  const names = new Map();
  const nameList = [];
  const nameIndex = (name) => {
    let index = names.get(name);
    if (index === undefined) {
      index = nameList.length;
      names.set(name, index);
      nameList.push(name);
    }
    return index;
  };
  const rows = (file) =>
    readFileSync(join(folder, file), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [start, end, number] = line.split(',', 3);
        const name = line
          .slice(start.length + end.length + number.length + 3)
          .replace(/^"|"$/g, '')
          .replaceAll('""', '"');
        return { start, end, number: Number(number), name: nameIndex(name) };
      });
  const v4 = rows('asn-ipv4-num.csv');
  const v6 = rows('asn-ipv6-num.csv');
  // Routed IPv6 prefixes are /64 or shorter: the upper half of the address decides.
  const high = (text) => (BigInt(text) >> 64n) & MASK;
  const parts = [
    new Uint32Array([v4.length, v6.length, nameList.length, 0]),
    BigUint64Array.from(v6, (r) => high(r.start)),
    BigUint64Array.from(v6, (r) => high(r.end)),
    Uint32Array.from(v4, (r) => Number(r.start)),
    Uint32Array.from(v4, (r) => Number(r.end)),
    Uint32Array.from(v4, (r) => r.number),
    Uint32Array.from(v4, (r) => r.name),
    Uint32Array.from(v6, (r) => r.number),
    Uint32Array.from(v6, (r) => r.name),
  ].map((array) => Buffer.from(array.buffer));
  const file = Buffer.concat([...parts, Buffer.from(nameList.join('\n'))]);
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, file);
  return file.length;
}
