import type { Role } from '@vigie/contracts/api';
import type { ManagedAccount, SsoConnection, SsoStore } from './ports.ts';
import { ofDomain, roleFor } from './provision.ts';
import { readFilter, readPatch, readUser, ScimError, type ScimUser, scimUser } from './scim.ts';

/**
 * Accounts kept by an organisation's directory (SCIM 2.0, RFC 7643 and 7644). A connection sees the accounts that it
 * made and no others, and makes them within its bounds: its tenant, its domains, its roles.
 */
export class Provisioning {
  readonly #store: SsoStore;
  readonly #base: () => string;
  readonly #mayGive: (tenant: string | null, role: Role) => boolean;
  /** Role of those whom no rule fits: they can't sign in before one does, so it is never used. */
  readonly #least: (tenant: string | null) => Role;

  constructor(options: {
    readonly store: SsoStore;
    readonly publicUrl: () => string;
    readonly mayGive: (tenant: string | null, role: Role) => boolean;
    readonly least: (tenant: string | null) => Role;
  }) {
    this.#store = options.store;
    this.#base = () => `${options.publicUrl().replace(/\/+$/, '')}/scim/v2`;
    this.#mayGive = options.mayGive;
    this.#least = options.least;
  }

  /** The connection of a bearer token, switched off ones too: their directory may still say who has left. */
  connection(token: string): Promise<SsoConnection | undefined> {
    return this.#store.byScimToken(token);
  }

  async list(
    connection: SsoConnection,
    query: { readonly filter?: string; readonly startIndex: number; readonly count: number },
  ) {
    const email = readFilter(query.filter);
    const { total, items } = await this.#store.managed(connection.id, {
      ...(email === undefined ? {} : { email }),
      offset: query.startIndex - 1,
      limit: query.count,
    });
    return {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: total,
      startIndex: query.startIndex,
      itemsPerPage: items.length,
      Resources: items.map((account) => scimUser(account, this.#base())),
    };
  }

  /** @throws ScimError 404 */
  async get(connection: SsoConnection, id: string) {
    return scimUser(await this.#found(connection, id), this.#base());
  }

  /** @throws ScimError */
  async create(connection: SsoConnection, body: unknown) {
    const user = readUser(body);
    this.#checkAddress(connection, user.email);
    const account = await this.#store.create({
      email: user.email,
      name: user.name,
      role: this.#role(connection, user) ?? this.#least(connection.tenant),
      tenants: connection.tenant === null ? null : [connection.tenant],
      connection: connection.id,
      externalId: user.externalId,
      active: user.active,
    });
    if (account === undefined) throw taken();
    return scimUser(account, this.#base());
  }

  /** @throws ScimError */
  async replace(connection: SsoConnection, id: string, body: unknown) {
    await this.#found(connection, id);
    const user = readUser(body);
    const role = this.#role(connection, user);
    return this.#change(connection, id, {
      email: user.email,
      name: user.name,
      externalId: user.externalId,
      active: user.active,
      ...(role === undefined ? {} : { role }),
    });
  }

  /** @throws ScimError */
  async patch(connection: SsoConnection, id: string, body: unknown) {
    await this.#found(connection, id);
    return this.#change(connection, id, readPatch(body));
  }

  /** @throws ScimError 404 */
  async remove(connection: SsoConnection, id: string): Promise<void> {
    if (!(await this.#store.removeManaged(connection.id, id))) throw missing();
  }

  async #change(connection: SsoConnection, id: string, change: Parameters<SsoStore['update']>[2]) {
    if (change.email !== undefined) this.#checkAddress(connection, change.email);
    if (Object.keys(change).length > 0 && (await this.#store.update(connection.id, id, change)) === 'taken')
      throw taken();
    return this.get(connection, id);
  }

  async #found(connection: SsoConnection, id: string): Promise<ManagedAccount> {
    const account = await this.#store.managedById(connection.id, id);
    if (account === undefined) throw missing();
    return account;
  }

  #checkAddress(connection: SsoConnection, email: string): void {
    if (!ofDomain(connection, email))
      throw new ScimError(400, 'userName is of another domain than the connection’s', 'invalidValue');
  }

  /** Undefined: the client said nothing of roles, or nothing that the rules know. */
  #role(connection: SsoConnection, { groups }: ScimUser): Role | undefined {
    const role = roleFor(connection, groups ?? []);
    return role === null || !this.#mayGive(connection.tenant, role) ? undefined : role;
  }
}

function missing(): ScimError {
  return new ScimError(404, 'no such user');
}

function taken(): ScimError {
  return new ScimError(409, 'the userName is taken', 'uniqueness');
}
