/**
 * Fills a PostgreSQL of the product's own with the work of a large provider: 200 tenants, 1,000 people, 2,000,000
 * alerts, 100,000 incidents of which one in ten is open. Prints `{url, cookies}` when it is full, ends when its
 * standard input does.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openState } from '@vigie/server/storage/state/database.ts';
import { EmbeddedPostgres } from '@vigie/server/storage/state/embedded.ts';
import { migrations } from '@vigie/server/storage/state/migrations/index.ts';

const TENANTS = 200;
const PEOPLE = 1_000;
const INCIDENTS = Number(process.env['VIGIE_BENCH_INCIDENTS'] ?? 100_000);
const ALERTS = 20 * INCIDENTS;
/** Alerts in each incident; the others are loose. */
const IN_EACH = 10;
const DAY = 86_400_000;

const folder = mkdtempSync(join(tmpdir(), 'vigie-desk-bench-'));
const postgres = new EmbeddedPostgres({ directory: join(folder, 'postgres') });
await postgres.start();
try {
  const state = await openState<object>(postgres.connection, migrations, { statementTimeout: 1_800_000 });
  const now = Date.now();
  const run = (text: string, values: unknown[] = []) => state.pool.query(text, values);
  await run(
    `INSERT INTO tenant (id, name, language, time_zone, retention_days, created_at)
     SELECT 'tenant-' || n, 'Client ' || n, 'en', 'Europe/Brussels', 90, $1 FROM generate_series(1, ${TENANTS}) n`,
    [now],
  );
  await run(
    `INSERT INTO asset (tenant, id, kind, name, criticality, created_at, changed_at)
     SELECT 'tenant-' || t, 'asset-' || h, 'host', 'host-' || h,
       (ARRAY['low', 'normal', 'high', 'critical'])[1 + h % 4], $1, $1
     FROM generate_series(1, ${TENANTS}) t, generate_series(1, 40) h`,
    [now],
  );
  await run(
    `INSERT INTO asset_identifier (tenant, kind, key, asset_id, first_at, last_at)
     SELECT tenant, 'host', name, id, $1, $1 FROM asset`,
    [now],
  );
  // One in five is the provider's own, the others are of one client each.
  await run(
    `INSERT INTO account (id, email, name, role, tenants, password_hash, created_at)
     SELECT 'user-' || n, 'user-' || n || '@example.org', 'Person ' || n, 'analyst',
       CASE WHEN n % 5 = 0 THEN NULL ELSE ARRAY['tenant-' || (1 + n % ${TENANTS})] END, '', $1
     FROM generate_series(1, ${PEOPLE}) n`,
    [now],
  );
  const tokens = Array.from({ length: PEOPLE }, (_, n) => `vses_bench_${n + 1}_${now}`);
  await run(
    `INSERT INTO session (token_hash, account_id, id, client, last_seen_at, created_at, expires_at, address)
     SELECT h, 'user-' || n, 's' || n, '', $2, $2, $3, '127.0.0.1' FROM unnest($1::bytea[]) WITH ORDINALITY AS s(h, n)`,
    [tokens.map((token) => createHash('sha256').update(token).digest()), now, now + DAY],
  );
  await run(
    `INSERT INTO incident (tenant, title, status, level, level_rank, verdict, owner_id, first_at, last_at, created_at,
       closed_at, entities, techniques, alert_count, detection_count, active_at, signal_rules)
     SELECT 'tenant-' || (1 + n % ${TENANTS}), 'Password spraying against host-' || n % 400,
       CASE WHEN open THEN (ARRAY['new', 'in-progress'])[1 + n % 2] ELSE 'closed' END,
       (ARRAY['low', 'medium', 'high', 'critical'])[1 + r], 1 + r,
       CASE WHEN open THEN NULL ELSE (ARRAY['true-positive', 'benign-true-positive', 'false-positive'])[1 + n % 3] END,
       CASE WHEN n % 3 = 0 THEN 'user-' || 5 * (1 + n % ${PEOPLE / 5}) END, at, at + 600000, at,
       CASE WHEN open THEN NULL ELSE at + 3600000 END,
       jsonb_build_array(jsonb_build_object('type', 'host', 'value', 'host-' || n % 400),
         jsonb_build_object('type', 'user', 'value', 'user-' || n % 900),
         jsonb_build_object('type', 'ip', 'value', '198.51.100.' || n % 250)),
       ARRAY['T1110.00' || 1 + n % 4, 'T1078'], ${IN_EACH}, ${IN_EACH * 4}, at, ARRAY['rule-' || n % 300]
     FROM generate_series(1, ${INCIDENTS}) n,
       LATERAL (SELECT n > ${INCIDENTS * 0.9} AS open, (n * 7919) % 4 AS r,
         $1::float8 - (${INCIDENTS} - n) * ${Math.floor((180 * DAY) / INCIDENTS)}::float8 AS at) x`,
    [now],
  );
  await run(
    `INSERT INTO incident_entity (tenant, entity, incident_id, last_at)
     SELECT i.tenant, (e->>'type') || ':' || (e->>'value'), i.id, i.last_at
     FROM incident i, jsonb_array_elements(i.entities) e`,
  );
  await run(
    `INSERT INTO incident_opening (tenant, incident_id, opened_at, facts) SELECT tenant, id, created_at,
       jsonb_build_object('rules', signal_rules, 'techniques', 2, 'level', level_rank, 'rarity', id % 7,
         'criticality', criticality, 'entities', '[]'::jsonb, 'sourceKinds', '[]'::jsonb, 'offHours', id % 4 = 0,
         'late', false) FROM incident`,
  );
  for (let from = 1; from <= ALERTS; from += 250_000)
    await run(
      `INSERT INTO alert (tenant, id, rule_id, title, level, fold_key, incident_id, count, first_at, last_at, entities,
         techniques, facts, created_at, rarity, routine)
       SELECT i.tenant, md5('a' || n), 'rule-' || n % 300, 'Failed sign-ins on host-' || n % 400,
         (ARRAY['informational', 'low', 'medium', 'high'])[1 + n % 4], md5('f' || n),
         CASE WHEN n <= ${INCIDENTS * IN_EACH} THEN i.id END, 4, i.first_at, i.last_at, i.entities, i.techniques, '{}',
         i.created_at, n % 13, n % 9 = 0
       FROM generate_series(${from}, ${from + 249_999}) n JOIN incident i ON i.id = 1 + n % ${INCIDENTS}`,
    );
  await run(
    `INSERT INTO detection (tenant, id, alert_id, rule_id, level, time, detected_at, events, matched)
     SELECT tenant, 'd' || id, id, rule_id, level, last_at, last_at,
       jsonb_build_array(jsonb_build_object('id', id, 'time', last_at, 'source', 'servers')),
       '[{"field": "event.action", "value": "ssh_login", "condition": "ssh_login"}]'::jsonb
     FROM alert WHERE incident_id IS NOT NULL`,
  );
  await run(
    `INSERT INTO incident_log (tenant, incident_id, at, kind, text, actor)
     SELECT tenant, id, created_at + k * 60000, CASE WHEN k = 2 THEN 'comment' ELSE 'status' END, 'Status: new', 'Ann'
     FROM incident, generate_series(0, 3) k`,
  );
  await run(
    `INSERT INTO verdict (tenant, incident_id, verdict, reason, note, rules, actor_id, actor, side, at)
     SELECT tenant, id, verdict, 'other', 'seen before', '{}', 'user-5', 'Ann', 'provider', closed_at
     FROM incident WHERE verdict IS NOT NULL`,
  );
  await run(
    `INSERT INTO rule_outcome (tenant, incident_id, rule_id, verdict, opened_at, decided_at, minutes)
     SELECT tenant, id, 'rule-' || (id + k) % 300, verdict, created_at, closed_at, 4
     FROM incident, generate_series(0, 2) k WHERE verdict IS NOT NULL`,
  );
  await run(
    `INSERT INTO incident_seen (tenant, incident_id, account_id, at, alert_count, level_rank)
     SELECT tenant, id, 'user-' || 5 * (1 + (id + k) % ${PEOPLE / 5}), created_at + 90000, 8, level_rank
     FROM incident, generate_series(0, 4) k WHERE status <> 'closed'`,
  );
  for (const table of ['incident', 'alert', 'detection', 'incident_log', 'incident_seen'])
    await run(`VACUUM (ANALYZE) ${table}`);
  await run('ANALYZE');
  await state.close();
  const { host, port, user, database } = postgres.connection;
  const url = `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host!)}`;
  process.stdout.write(`${JSON.stringify({ url, tokens })}\n`);
  await new Promise((resolve) => process.stdin.on('end', resolve).resume());
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}
