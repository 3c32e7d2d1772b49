import type { AssetPage } from '@vigie/contracts/api';
import { csvCell } from '../assets/index.ts';

const HEAD = [
  'kind',
  'name',
  'type',
  'criticality',
  'owner',
  'site',
  'note',
  'handling',
  'phone',
  'tags',
  'os',
  'tenant',
  'risk',
  'first seen',
  'last seen',
];

/** Assets as CSV, page by page, so that a long list is never held whole; the import reads it again. */
export async function* assetLines(
  page: (cursor: string | undefined) => Promise<AssetPage>,
): AsyncGenerator<string> {
  // Spreadsheets read UTF-8 only with the mark before it.
  yield `\uFEFF${HEAD.join(',')}\r\n`;
  const when = (at: number | null) => (at === null ? '' : new Date(at).toISOString());
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const { items, next } = await page(cursor);
    yield items
      .map((item) =>
        [
          item.kind,
          item.name,
          item.type,
          item.criticality,
          item.owner,
          item.site,
          item.note,
          item.handling.join(';'),
          item.phone,
          item.tags.join(';'),
          item.os,
          item.tenant,
          String(item.risk),
          when(item.firstAt),
          when(item.lastAt),
        ]
          .map(csvCell)
          .join(','),
      )
      .map((line) => `${line}\r\n`)
      .join('');
    cursor = next;
  }
}
