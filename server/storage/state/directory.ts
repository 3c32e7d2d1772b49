import { createHash, randomBytes } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import type { Kysely, Selectable } from 'kysely';
import type { MachineCertificate, SourceBinding, SourceDirectory } from '../../collect/ports.ts';
import type { Database, SourceTable, TenantTable } from './schema.ts';

export type TenantRow = Selectable<TenantTable>;
export type SourceRow = Selectable<SourceTable>;

/** SHA-256 of a token: what is stored of it. Tokens hold 256 random bits, so a plain hash is enough. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** A new secret token; the prefix tells a leaked one's kind to secret scanners. */
export function newToken(prefix: 'vsrc' | 'vkey' | 'vses' | 'vdev' | 'vscim'): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

interface SenderRange {
  readonly list: BlockList;
  readonly binding: SourceBinding;
  /** Length of the prefix: the narrowest network wins. */
  readonly prefix: number;
}

/**
 * Tenants and sources as the hot path needs them: in memory, replaced as a whole by
 * {@link Directory.reload} after every change.
 */
export class Directory implements SourceDirectory {
  readonly #db: Kysely<Database>;
  #tenants = new Map<string, TenantRow>();
  #sources = new Map<string, SourceRow>();
  #tokens = new Map<string, SourceBinding>();
  #senders: readonly SenderRange[] = [];
  #names = new Map<string, SourceBinding>();
  #senderCache = new Map<string, SourceBinding | null>();

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** Reads everything anew. */
  async reload(): Promise<void> {
    const [tenants, sources] = await Promise.all([
      this.#db.selectFrom('tenant').selectAll().orderBy('name').execute(),
      this.#db.selectFrom('source').selectAll().orderBy('id').execute(),
    ]);
    this.#tenants = new Map(tenants.map((row) => [row.id, row]));
    this.#sources = new Map(sources.map((row) => [`${row.tenant}/${row.id}`, row]));
    const tokens = new Map<string, SourceBinding>();
    const names = new Map<string, SourceBinding>();
    const senders: SenderRange[] = [];
    for (const row of sources) {
      if (!row.enabled) continue;
      const binding = { tenant: row.tenant, source: row.id };
      tokens.set(row.token_hash.toString('hex'), binding);
      for (const address of row.addresses) {
        const range = senderRange(address, binding);
        if (range !== undefined) senders.push(range);
        else names.set(address.toLowerCase(), binding);
      }
    }
    this.#tokens = tokens;
    this.#names = names;
    this.#senders = senders.sort((a, b) => b.prefix - a.prefix);
    this.#senderCache = new Map();
  }

  tenants(): readonly TenantRow[] {
    return [...this.#tenants.values()];
  }

  tenant(id: string): TenantRow | undefined {
    return this.#tenants.get(id);
  }

  sources(): readonly SourceRow[] {
    return [...this.#sources.values()];
  }

  source(tenant: string, id: string): SourceRow | undefined {
    return this.#sources.get(`${tenant}/${id}`);
  }

  byToken(token: string): SourceBinding | undefined {
    // Only a hash is compared, and by a hash table: no prefix of the token can be learnt from the time.
    return token.length > 200 ? undefined : this.#tokens.get(tokenHash(token).toString('hex'));
  }

  bySender(sender: {
    readonly address: string;
    readonly commonName?: string;
    readonly fingerprint?: string;
  }): SourceBinding | undefined {
    for (const name of [sender.fingerprint, sender.commonName]) {
      const binding = name === undefined ? undefined : this.#names.get(name.toLowerCase());
      if (binding !== undefined) return binding;
    }
    const cached = this.#senderCache.get(sender.address);
    if (cached !== undefined) return cached ?? undefined;
    const family = isIPv6(sender.address) ? 'ipv6' : 'ipv4';
    const binding = this.#senders.find((range) => range.list.check(sender.address, family))?.binding;
    if (this.#senderCache.size > 50_000) this.#senderCache.clear();
    this.#senderCache.set(sender.address, binding ?? null);
    return binding;
  }

  byCertificate({ fingerprint, names, issuers }: MachineCertificate): SourceBinding | undefined {
    const own = this.#names.get(fingerprint);
    if (own !== undefined) return own;
    const issued = first(issuers, (issuer) => this.#names.get(issuer));
    // Without an authority that is somebody's, a name says nothing: any authority could have written it.
    if (issued === undefined) return undefined;
    const named = first(names, (name) => this.#names.get(name));
    return named?.tenant === issued.tenant ? named : issued;
  }
}

function first<T, R>(list: readonly T[], find: (one: T) => R | undefined): R | undefined {
  for (const one of list) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A sender given as address or network; undefined when it is a certificate's name or fingerprint. */
function senderRange(text: string, binding: SourceBinding): SenderRange | undefined {
  const [address = '', bits] = text.split('/', 2);
  const six = isIPv6(address);
  const list = new BlockList();
  const whole = six ? 128 : 32;
  const prefix = bits === undefined ? whole : Number(bits);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > whole) return undefined;
  try {
    list.addSubnet(address, prefix, six ? 'ipv6' : 'ipv4');
  } catch {
    // Not an address: `BlockList` is the judge of that, and says it by throwing.
    return undefined;
  }
  return { list, binding, prefix };
}
