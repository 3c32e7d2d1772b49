import type { Role, SsoConnectionInput } from '@vigie/contracts/api';

/** How a session began. `second-factor`: a password and a code; `sso`: an organisation's identity provider. */
export type SignInMethod = 'password' | 'second-factor' | 'passkey' | 'sso';

/** What a connection keeps beside its columns. */
export type SsoSettings = Pick<SsoConnectionInput, 'protocol' | 'attributes' | 'roles' | 'defaultRole'>;

/** A way in through an organisation's identity provider. */
export interface SsoConnection extends SsoSettings {
  readonly id: string;
  /** Null: the provider's own people. */
  readonly tenant: string | null;
  readonly name: string;
  readonly enabled: boolean;
  readonly button: boolean;
  readonly domains: readonly string[];
  readonly hasSecret: boolean;
  readonly provisioning: boolean;
  readonly revision: number;
  readonly createdAt: number;
}

/** What an administrator sets; the secret is sealed before it is stored. */
export type SsoConnectionDraft = Omit<SsoConnectionInput, 'secret'> & {
  readonly tenant: string | null;
  readonly secret?: string;
};

/** What an identity provider says of a person, once its message has been checked. */
export interface ExternalProfile {
  readonly issuer: string;
  /** Never given to anybody else by the issuer. */
  readonly subject: string;
  /** Lower case; undefined: not told. */
  readonly email: string | undefined;
  readonly name: string | undefined;
  readonly groups: readonly string[];
}

/** An account as signing in sees it. */
export interface SignInAccount {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** Null: of the provider, all tenants. */
  readonly tenants: readonly string[] | null;
  readonly active: boolean;
  readonly hasPassword: boolean;
  /** Connection that made it. */
  readonly connection: string | null;
  /** Its authenticator app is set up and confirmed. */
  readonly totpSince: number | null;
  readonly passkeys: number;
  readonly recoveryCodesLeft: number;
  /** The provider or one of its tenants asks for a second factor. */
  readonly required: boolean;
}

/** A passkey as it is stored. */
export interface StoredPasskey {
  /** Credential id, base64url. */
  readonly id: string;
  readonly accountId: string;
  readonly name: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly synced: boolean;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

/** Kinds of sign-ins that take more than one step. */
export type FlowKind = 'second-factor' | 'passkey' | 'passkey-add' | 'sso';

/** A sign-in between two steps. */
export interface Flow<Data> {
  /** Public name of the flow, hexadecimal; who knows it can't continue it. */
  readonly id: string;
  readonly accountId: string | null;
  readonly connectionId: string | null;
  readonly data: Data;
  readonly answer: ExternalProfile | null;
}

/** Sign-ins under way. A flow belongs to the browser that holds its token, and is continued once. */
export interface FlowStore {
  /** @param lives milliseconds */
  open(flow: {
    readonly kind: FlowKind;
    readonly accountId?: string;
    readonly connectionId?: string;
    readonly data: (id: string) => object;
    readonly lives: number;
  }): Promise<{ readonly token: string; readonly id: string }>;
  /** Counts a try and shows the flow; undefined: none, over, or tried too often. */
  attempt<Data>(token: string, kind: FlowKind, tries: number): Promise<Flow<Data> | undefined>;
  /** Ends the flow and hands it over, to one caller only. */
  take<Data>(token: string, kind: FlowKind): Promise<Flow<Data> | undefined>;
  /** Whether an unanswered flow of single sign-on is open at this connection. */
  isOpen(id: string, connectionId: string): Promise<boolean>;
  /** Notes what the identity provider said; false: it was answered before, or is over. */
  answer(id: string, connectionId: string, profile: ExternalProfile): Promise<boolean>;
}

/** Second factors and passkeys. */
export interface FactorStore {
  account(id: string): Promise<SignInAccount | undefined>;
  /** Begins anew; a confirmed secret is left as it is and false returned. */
  beginTotp(accountId: string, secret: string): Promise<boolean>;
  totp(accountId: string): Promise<{ readonly secret: string; readonly confirmed: boolean } | undefined>;
  /** Takes a time step, once: false when it or a later one was taken. */
  takeStep(accountId: string, step: number): Promise<boolean>;
  /** @param codes recovery codes in clear; their digests replace those there were */
  confirmTotp(accountId: string, codes: readonly string[]): Promise<void>;
  replaceRecoveryCodes(accountId: string, codes: readonly string[]): Promise<void>;
  /** Uses a recovery code up; false: there is no such unused one. */
  takeRecoveryCode(accountId: string, code: string): Promise<boolean>;
  removeTotp(accountId: string): Promise<void>;
  passkeys(accountId: string): Promise<StoredPasskey[]>;
  passkey(id: string): Promise<StoredPasskey | undefined>;
  /** False: the credential is known already. */
  addPasskey(passkey: Omit<StoredPasskey, 'createdAt' | 'lastUsedAt'>): Promise<boolean>;
  /** Notes a use; false: another use has brought the counter at least as far. */
  usePasskey(id: string, counter: number): Promise<boolean>;
  renamePasskey(accountId: string, id: string, name: string): Promise<boolean>;
  removePasskey(accountId: string, id: string): Promise<boolean>;
  /** Notes that a session, by id, has shown a second factor. */
  confirmSession(session: string): Promise<void>;
  /** Removes every second factor and passkey. */
  reset(accountId: string): Promise<void>;
}

/** Connections, requirements, and the accounts that connections make. */
export interface SsoStore {
  connections(tenant: string | null): Promise<SsoConnection[]>;
  connection(id: string): Promise<SsoConnection | undefined>;
  /** Enabled connections with a button on the sign-in page. */
  buttons(): Promise<{ readonly id: string; readonly name: string }[]>;
  hasDomains(): Promise<boolean>;
  /** The enabled connection that an e-mail domain leads to. */
  byDomain(domain: string): Promise<{ readonly id: string; readonly name: string } | undefined>;
  /** The client's secret, in clear. */
  secret(id: string): Promise<string | undefined>;
  /** @returns the connection, the domain that leads elsewhere already, or that it can't be switched off */
  put(
    id: string | undefined,
    draft: SsoConnectionDraft,
  ): Promise<
    | { readonly connection: SsoConnection }
    | { readonly taken: string }
    | { readonly refused: 'last-administrator' }
  >;
  /** Removes the connection and the accounts that it made; not the one by which all administrators come in. */
  remove(id: string): Promise<'removed' | 'last-administrator'>;
  policy(tenant: string | null): Promise<boolean>;
  setPolicy(tenant: string | null, secondFactor: boolean): Promise<void>;
  /** A new token for provisioning, in clear; the one before counts no more. */
  newScimToken(id: string): Promise<string>;
  removeScimToken(id: string): Promise<void>;
  byScimToken(token: string): Promise<SsoConnection | undefined>;
  /** The account that the identity is bound to, and the one that has the e-mail address. */
  find(
    connectionId: string,
    profile: ExternalProfile,
  ): Promise<{ readonly bound?: ManagedAccount; readonly sameEmail?: ManagedAccount }>;
  bind(connectionId: string, profile: ExternalProfile, accountId: string): Promise<void>;
  /** Undefined: the address is taken. */
  create(account: NewManagedAccount): Promise<ManagedAccount | undefined>;
  /** Accounts that the connection made, oldest first. */
  managed(
    connectionId: string,
    page: { readonly email?: string; readonly offset: number; readonly limit: number },
  ): Promise<{ readonly total: number; readonly items: ManagedAccount[] }>;
  managedById(connectionId: string, id: string): Promise<ManagedAccount | undefined>;
  /** Changes an account that the connection made; `active: false` ends its sessions. `taken`: the address is. */
  update(
    connectionId: string,
    id: string,
    change: Partial<Omit<NewManagedAccount, 'connection' | 'tenants'>>,
  ): Promise<'done' | 'taken' | 'none'>;
  removeManaged(connectionId: string, id: string): Promise<boolean>;
}

/** An account that a connection made or might have. */
export interface ManagedAccount {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly active: boolean;
  readonly connection: string | null;
  readonly externalId: string | null;
  readonly createdAt: number;
  /** Identities bound to it. */
  readonly identities: number;
}

export interface NewManagedAccount {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly tenants: readonly string[] | null;
  readonly connection: string;
  readonly externalId: string | null;
  readonly active: boolean;
}

/** One request to an identity provider: checked address, verified certificate, bounded answer, no redirect. */
export type OutwardFetch = (
  url: string,
  init: {
    /** Whose identity provider it is; null: the provider's own. */
    readonly tenant: string | null;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  },
) => Promise<Response>;
