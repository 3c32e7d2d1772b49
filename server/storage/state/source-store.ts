import type { SourceSecret, SourceView } from '@vigie/contracts/api';
import type { Kysely } from 'kysely';
import type { Scope, SourceStore } from '../../api/ports.ts';
import { type Directory, newToken, type SourceRow, tokenHash } from './directory.ts';
import type { Database } from './schema.ts';

/** What the store of sources needs from the rest of the program. */
export interface SourcePorts {
  /** Live figures of one source; the 24-hour ones may be half a minute old. */
  readonly health: (tenant: string, source: string) => Promise<SourceView['health']>;
  readonly failures: SourceStore['failures'];
  readonly knowsType: (type: string, tenant: string) => boolean;
  readonly snippets: (tenant: string, source: string, token: string) => SourceSecret['snippets'];
}

/** Sources over their table; tokens are stored as hashes and shown once. */
export class PostgresSources implements SourceStore {
  readonly #db: Kysely<Database>;
  readonly #directory: Directory;
  readonly #ports: SourcePorts;
  readonly #now: () => number;

  constructor(db: Kysely<Database>, directory: Directory, ports: SourcePorts, now: () => number) {
    this.#db = db;
    this.#directory = directory;
    this.#ports = ports;
    this.#now = now;
  }

  async list(scope: Scope, tenant?: string): Promise<SourceView[]> {
    const rows = this.#directory
      .sources()
      .filter(
        (row) =>
          (scope === 'all' || scope.includes(row.tenant)) && (tenant === undefined || row.tenant === tenant),
      );
    return Promise.all(rows.map((row) => this.#view(row)));
  }

  async get(scope: Scope, tenant: string, id: string): Promise<SourceView | undefined> {
    if (scope !== 'all' && !scope.includes(tenant)) return undefined;
    const row = this.#directory.source(tenant, id);
    return row === undefined ? undefined : this.#view(row);
  }

  async add(source: Parameters<SourceStore['add']>[0]) {
    const token = newToken('vsrc');
    const row = await this.#db
      .insertInto('source')
      .values({
        tenant: source.tenant,
        id: source.id,
        name: source.name,
        type: source.type,
        time_zone: source.timeZone,
        addresses: [...source.addresses],
        demo: source.demo ?? false,
        token_hash: tokenHash(token),
        created_at: this.#now(),
      })
      .onConflict((oc) => oc.columns(['tenant', 'id']).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) return undefined;
    await this.#directory.reload();
    return { source: await this.#view(row), secret: this.#secret(source.tenant, source.id, token) };
  }

  async update(
    tenant: string,
    id: string,
    patch: Parameters<SourceStore['update']>[2],
  ): Promise<SourceView | undefined> {
    const row = await this.#db
      .updateTable('source')
      .set({
        id,
        ...(patch.name === undefined ? {} : { name: patch.name }),
        ...(patch.type === undefined ? {} : { type: patch.type }),
        ...(patch.timeZone === undefined ? {} : { time_zone: patch.timeZone }),
        ...(patch.addresses === undefined ? {} : { addresses: [...patch.addresses] }),
        ...(patch.enabled === undefined ? {} : { enabled: patch.enabled }),
      })
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) return undefined;
    await this.#directory.reload();
    return this.#view(row);
  }

  async remove(tenant: string, id: string): Promise<boolean> {
    const result = await this.#db
      .deleteFrom('source')
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .executeTakeFirst();
    if (result.numDeletedRows === 0n) return false;
    await this.#directory.reload();
    return true;
  }

  async rotate(tenant: string, id: string): Promise<SourceSecret | undefined> {
    const token = newToken('vsrc');
    const result = await this.#db
      .updateTable('source')
      .set({ token_hash: tokenHash(token) })
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return undefined;
    await this.#directory.reload();
    return this.#secret(tenant, id, token);
  }

  failures(tenant: string, id: string) {
    return this.#ports.failures(tenant, id);
  }

  knowsType(type: string, tenant: string): boolean {
    return this.#ports.knowsType(type, tenant);
  }

  #secret(tenant: string, source: string, token: string): SourceSecret {
    return { token, snippets: this.#ports.snippets(tenant, source, token) };
  }

  async #view(row: SourceRow): Promise<SourceView> {
    return {
      id: row.id,
      tenant: row.tenant,
      name: row.name,
      type: row.type,
      timeZone: row.time_zone,
      addresses: row.addresses,
      enabled: row.enabled,
      demo: row.demo,
      createdAt: row.created_at,
      health: await this.#ports.health(row.tenant, row.id),
    };
  }
}
