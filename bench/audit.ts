import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type AuditEntry, ChainVerifier, exportLines, seal } from '../server/audit/index.ts';
import { PostgresAudit } from '../server/storage/state/audit-store.ts';
import { openState } from '../server/storage/state/database.ts';
import { EmbeddedPostgres } from '../server/storage/state/embedded.ts';
import { migrations } from '../server/storage/state/migrations/index.ts';
import type { Database } from '../server/storage/state/schema.ts';

/** Writes an audit log, exports it, verifies it out of the database, and prints how fast. The export stays for the command line. */
const count = Number(process.argv[2] ?? 1_000_000);
const folder = await mkdtemp(join(tmpdir(), 'vigie-audit-bench-'));
const server = new EmbeddedPostgres({ directory: join(folder, 'postgres') });
await server.start();
const state = await openState<Database>(server.connection, migrations);
const store = new PostgresAudit(state.db, seal);
const entry = (n: number): AuditEntry => ({
  at: 1_790_000_000_000 + n,
  tenant: `tenant-${n % 80}`,
  actor: { kind: 'account', id: `account-${n % 40}` },
  action: 'incidents.change',
  object: { kind: 'incident', id: String(n % 5000) },
  outcome: 'done',
  status: 200,
  who: { name: `Analyst ${n % 40}`, email: `a${n % 40}@example.org`, address: '192.0.2.7' },
  about: { changes: { status: { before: 'new', after: 'closed' }, comment: { after: 'seen, harmless' } } },
});
const timed = async (what: string, work: () => Promise<unknown>) => {
  const began = performance.now();
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 50);
  const result = await work();
  clearInterval(watch);
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${what}: ${seconds.toFixed(1)} s, ${Math.round(count / seconds)}/s, peak ${Math.round(peak / 1e6)} MB`,
  );
  return result;
};
await timed('written, 500 a transaction', async () => {
  for (let n = 0; n < count; n += 500)
    await store.finish(Array.from({ length: Math.min(500, count - n) }, (_, i) => ({ entry: entry(n + i) })));
});
const single = performance.now();
for (let n = 0; n < 200; n++) await store.finish([{ entry: entry(n) }]);
console.log(`one by one: ${((performance.now() - single) / 200).toFixed(2)} ms each`);
const file = process.argv[3] ?? join(folder, 'export.ndjson');
await timed('exported', () =>
  pipeline(
    Readable.from(
      exportLines({ vigieAudit: 1, tenants: null, filtered: false, exportedAt: 0 }, store.stream('all', {})),
    ),
    createWriteStream(file),
  ),
);
await timed('verified out of the database', async () => {
  const verifier = new ChainVerifier();
  for await (const record of store.stream('all', {})) verifier.add(record);
  const { ok, records } = verifier.finish();
  if (!ok || records !== count + 200) throw new Error(`not whole: ${records}`);
});
await state.close();
await server.stop();
await rm(folder, { recursive: true, force: true });
