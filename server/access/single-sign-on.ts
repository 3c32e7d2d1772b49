import type { Role, SsoConnectionInput } from '@vigie/contracts/api';
import { SignInRefused } from './errors.ts';
import { Oidc, type OidcFlow } from './oidc.ts';
import type {
  ExternalProfile,
  FlowStore,
  ManagedAccount,
  OutwardFetch,
  SsoConnection,
  SsoConnectionDraft,
  SsoStore,
} from './ports.ts';
import { admit } from './provision.ts';
import { returnPath } from './return-path.ts';
import { checkCertificates, Saml, type ServiceProvider } from './saml.ts';

/** How long a person may take at their identity provider, milliseconds. */
const FLOW_LIVES = 600_000;

interface SsoFlow {
  readonly returnTo: string;
  readonly oidc?: OidcFlow;
}

/** Single sign-on through the identity providers of tenants and of the provider. */
export class SingleSignOn {
  readonly #store: SsoStore;
  readonly #flows: FlowStore;
  readonly #oidc: Oidc;
  readonly #saml = new Saml();
  readonly #publicUrl: () => string;
  /** Whether a connection of a tenant (null: the provider) may give a role. */
  readonly mayGive: (tenant: string | null, role: Role) => boolean;

  constructor(options: {
    readonly store: SsoStore;
    readonly flows: FlowStore;
    readonly fetch: OutwardFetch;
    readonly publicUrl: () => string;
    /** Whether a connection of a tenant (null: the provider) may give a role. */
    readonly mayGive: (tenant: string | null, role: Role) => boolean;
    readonly now: () => number;
  }) {
    this.#store = options.store;
    this.#flows = options.flows;
    this.#publicUrl = options.publicUrl;
    this.mayGive = options.mayGive;
    this.#oidc = new Oidc(options.fetch, (id) => this.#store.secret(id), options.now);
  }

  /** Addresses that a connection's identity provider is told. */
  urls(connection: Pick<SsoConnection, 'id'> & { readonly protocol: { readonly kind: 'oidc' | 'saml' } }) {
    const base = this.#publicUrl().replace(/\/+$/, '');
    const own = `${base}/api/sign-in/sso/${connection.id}`;
    return {
      callback: connection.protocol.kind === 'oidc' ? `${own}/callback` : `${own}/acs`,
      entityId: `${own}/metadata`,
      scim: `${base}/scim/v2`,
    };
  }

  /** @returns undefined: no such connection, or it is switched off */
  async connection(id: string): Promise<SsoConnection | undefined> {
    const connection = await this.#store.connection(id);
    return connection?.enabled === true ? connection : undefined;
  }

  /**
   * Begins a sign-in.
   *
   * @param asked path to come back to; anything but a page of ours is replaced by the first page
   * @returns where to send the browser, and the token that it must bring back
   * @throws SignInRefused
   */
  async begin(id: string, asked: string | undefined) {
    const connection = await this.#needed(id);
    const returnTo = returnPath(asked);
    if (connection.protocol.kind === 'oidc') {
      const { url, flow } = await this.#oidc.begin(connection, this.urls(connection).callback);
      const { token } = await this.#open(connection, { returnTo, oidc: flow });
      return { url, token, lives: FLOW_LIVES };
    }
    const opened = await this.#open(connection, { returnTo });
    const url = await this.#saml.begin(connection, this.#provider(connection), opened.id);
    return { url, token: opened.token, lives: FLOW_LIVES };
  }

  /**
   * The way back from an OIDC provider.
   *
   * @param token the browser's, undefined: it brought none, so this sign-in was begun elsewhere
   * @param query as it came, with its question mark
   * @throws SignInRefused
   */
  async finishOidc(id: string, token: string | undefined, query: string) {
    const connection = await this.#needed(id);
    const flow = await this.#take(connection, token);
    if (flow.data.oidc === undefined) throw new SignInRefused('expired', 'the sign-in is not OIDC');
    const callback = new URL(this.urls(connection).callback + query);
    const profile = await this.#oidc.finish(connection, callback, flow.data.oidc);
    return { ...(await this.#admit(connection, profile)), returnTo: flow.data.returnTo };
  }

  /**
   * Checks what a SAML provider posted and keeps it for the browser that asked. Browsers send no cookies with another
   * site's form, so who asked is known one step later, in {@link finishSaml}.
   *
   * @throws SignInRefused
   */
  async acceptSaml(id: string, response: string): Promise<void> {
    const connection = await this.#needed(id);
    const { profile, flow } = await this.#saml.check(
      connection,
      this.#provider(connection),
      response,
      (asked) => this.#flows.isOpen(asked, connection.id),
    );
    if (!(await this.#flows.answer(flow, connection.id, profile)))
      throw new SignInRefused('refused', 'the assertion was used before');
  }

  /** @throws SignInRefused */
  async finishSaml(id: string, token: string | undefined) {
    const connection = await this.#needed(id);
    const flow = await this.#take(connection, token);
    if (flow.answer === null) throw new SignInRefused('expired', 'the sign-in has no answer yet');
    return { ...(await this.#admit(connection, flow.answer)), returnTo: flow.data.returnTo };
  }

  /** SAML metadata of ours, XML; undefined: no such SAML connection. */
  async metadata(id: string): Promise<string | undefined> {
    const connection = await this.#store.connection(id);
    if (connection?.protocol.kind !== 'saml') return undefined;
    return this.#saml.metadata(connection, this.#provider(connection));
  }

  /** Whether the identity provider can be used as it is set. */
  async check(connection: SsoConnection): Promise<{ readonly ok: boolean; readonly detail: string }> {
    try {
      if (connection.protocol.kind === 'oidc') await this.#oidc.check(connection);
      else checkCertificates(connection.protocol.certificates);
      return { ok: true, detail: '' };
    } catch (error) {
      if (error instanceof SignInRefused) return { ok: false, detail: error.message };
      throw error;
    }
  }

  /**
   * Why a draft can't be stored, as a sentence; undefined: it can.
   *
   * @param ofProvider whether one of the provider's own people sets it
   * @param before the connection as it is
   */
  objection(
    draft: SsoConnectionDraft,
    before: SsoConnection | undefined,
    ofProvider: boolean,
  ): { readonly forbidden: boolean; readonly message: string } | undefined {
    const given = [
      ...draft.roles.map(({ role }) => role),
      ...(draft.defaultRole === null ? [] : [draft.defaultRole]),
    ];
    const beyond = given.find((role) => !this.mayGive(draft.tenant, role));
    if (beyond !== undefined)
      return { forbidden: true, message: `a connection of this tenant can’t give the role ${beyond}` };
    // A domain decides whose people are sent to this identity provider, so a tenant can't name its own.
    const same = (before?.domains ?? []).join() === draft.domains.join();
    if (!same && !ofProvider)
      return { forbidden: true, message: 'e-mail domains are named by the provider; ask them to add yours' };
    // Everybody sees the buttons, the people of others too: what stands on one is no single tenant's to say.
    const shown = before?.button === true && before.name === draft.name;
    if (draft.button && !shown && !ofProvider)
      return {
        forbidden: true,
        message: 'a button on the sign-in page, and its name, are set by the provider; ask them for it',
      };
    if (draft.protocol.kind === 'saml') {
      try {
        checkCertificates(draft.protocol.certificates);
      } catch (error) {
        return { forbidden: false, message: (error as Error).message };
      }
    }
    return undefined;
  }

  #provider(connection: SsoConnection): ServiceProvider {
    const { callback, entityId } = this.urls(connection);
    return { callback, entityId };
  }

  async #needed(id: string): Promise<SsoConnection> {
    const connection = await this.connection(id);
    if (connection === undefined) throw new SignInRefused('expired', 'there is no such connection');
    return connection;
  }

  #open(connection: SsoConnection, flow: SsoFlow) {
    return this.#flows.open({
      kind: 'sso',
      connectionId: connection.id,
      data: () => flow,
      lives: FLOW_LIVES,
    });
  }

  async #take(connection: SsoConnection, token: string | undefined) {
    const flow = token === undefined ? undefined : await this.#flows.take<SsoFlow>(token, 'sso');
    if (flow === undefined || flow.connectionId !== connection.id)
      throw new SignInRefused('expired', 'the sign-in was not begun in this browser, or took too long');
    return flow;
  }

  async #admit(
    connection: SsoConnection,
    profile: ExternalProfile,
  ): Promise<{ readonly accountId: string; readonly created: boolean }> {
    const found = await this.#store.find(connection.id, profile);
    const admission = admit(connection, profile, found, this.mayGive);
    if (admission.kind === 'refuse') throw new SignInRefused('no-access', admission.why);
    let account: ManagedAccount | undefined;
    if (admission.kind === 'create') {
      account = await this.#store.create({
        email: admission.email,
        name: admission.name,
        role: admission.role,
        tenants: connection.tenant === null ? null : [connection.tenant],
        connection: connection.id,
        externalId: null,
        active: true,
      });
      if (account === undefined)
        throw new SignInRefused('no-access', 'another account has the e-mail address');
    } else {
      account = admission.account;
      if (account.role !== admission.role)
        await this.#store.update(connection.id, account.id, { role: admission.role });
    }
    if (admission.kind === 'create' || admission.bind)
      await this.#store.bind(connection.id, profile, account.id);
    return { accountId: account.id, created: admission.kind === 'create' };
  }
}

/** The stored form of what an administrator sent. */
export function draftOf(tenant: string | null, input: SsoConnectionInput): SsoConnectionDraft {
  const { secret, domains, ...rest } = input;
  return {
    ...rest,
    tenant,
    domains: [...new Set(domains)].sort(),
    ...(secret === undefined ? {} : { secret }),
  };
}
