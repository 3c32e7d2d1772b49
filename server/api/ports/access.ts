import type {
  ApiKeyView,
  Language,
  Permission,
  Role,
  ServiceAccountView,
  SignedInView,
  UserView,
} from '@vigie/contracts/api';
import type { SignInMethod } from '../../access/ports.ts';

/** Tenants an identity may see. */
export type Scope = readonly string[] | 'all';

/** Who is calling, and what they may see and do. */
export interface Identity {
  readonly kind: 'account' | 'key';
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** Role of the account, or of the key's owner. Says who it is; what it may do is in `permissions`. */
  readonly role: Role;
  readonly permissions: ReadonlySet<Permission>;
  readonly scope: Scope;
  readonly mustChangePassword: boolean;
  /** What a person chose; left out: nothing. */
  readonly language?: Language;
  /** A second factor is required and there is none: nothing but setting one up is answered. */
  readonly mustEnrol?: boolean;
  /** Id of the session that a person came by. */
  readonly session?: string;
  /** Id of the account or service account that a key belongs to. */
  readonly owner?: string;
  /** When session or key ends whatever happens. */
  readonly endsAt?: number;
}

/** Who makes a change, for the record. */
export type Author = Pick<Identity, 'id' | 'name'>;

/** A role and the tenants it holds for (null: all). */
export interface Grant {
  readonly role: Role;
  readonly tenants: readonly string[] | null;
}

/** From where and how somebody signs in. */
export interface Visit {
  readonly method: SignInMethod;
  readonly address: string;
  /** Browser and system in words. */
  readonly client: string;
  /** Value of the device's cookie, if it has one. */
  readonly device?: string | undefined;
  /** Token of the session that the browser had; it ends. */
  readonly replaces?: string | undefined;
}

/** A new session; `device` is the value of the cookie by which the browser is known from now on. */
export interface SignedIn {
  readonly identity: Identity;
  readonly token: string;
  readonly device: string;
}

/** Sessions and passwords. Secrets go in and out in clear only where they are made. */
export interface AccessStore {
  /** The account that a password opens; undefined: wrong, or no such account, in the same time. */
  checkPassword(email: string, password: string): Promise<string | undefined>;
  /** Signs somebody in who has proved who they are; always under a new token. Undefined: no such account. */
  openSession(accountId: string, visit: Visit): Promise<SignedIn | undefined>;
  /** Whether somebody has signed in to this account from this device before. */
  knowsDevice(
    account: { readonly email: string } | { readonly id: string },
    device: string,
  ): Promise<boolean>;
  bySession(token: string): Promise<Identity | undefined>;
  byKey(secret: string): Promise<Identity | undefined>;
  signOut(token: string): Promise<void>;
  /** Sessions of an account that have not ended, the last used first. */
  sessions(accountId: string, current: string | undefined): Promise<SignedInView[]>;
  /** Ends one session of an account; false: it has none of that id. */
  endSession(accountId: string, id: string): Promise<boolean>;
  /** Ends all sessions of an account but `keep`, an id. @returns how many */
  endSessions(accountId: string, keep: string | undefined): Promise<number>;
  /** False: the current password is wrong. Ends every session of the account but `keep`, an id. */
  changePassword(
    accountId: string,
    current: string,
    next: string,
    keep: string | undefined,
  ): Promise<boolean>;
  /** Sets a one-time password and ends the account's sessions and known devices; false: no such account. */
  resetPassword(email: string, next: string, mustChange: boolean): Promise<boolean>;
  /**
   * Tells of accounts, service accounts, keys and sessions, by id, that have ended or may do something else now.
   *
   * @returns a function that ends the telling
   */
  onChange(listener: (id: string) => void): () => void;
}

/** What is kept of them; what a caller may do with one is added for the caller. */
export type Account = Omit<UserView, 'mayChange'> & {
  /** False: does not sign in (any more). */
  readonly active: boolean;
};
export type ServiceAccount = Omit<ServiceAccountView, 'mayChange'>;
export type ApiKey = Omit<ApiKeyView, 'mayRemove'>;

/** Why an account was not changed or removed. */
export type AccountRefusal = 'unknown' | 'last-administrator';

/** People who sign in. */
export interface AccountStore {
  users(): Promise<Account[]>;
  /** Undefined: the address is taken. */
  addUser(
    user: Grant & {
      readonly email: string;
      readonly name: string;
      readonly password: string;
      readonly mustChangePassword: boolean;
    },
  ): Promise<Account | undefined>;
  /** Takes effect at once, in open sessions too. Somebody always remains who administers the platform. */
  changeUser(
    id: string,
    change: Partial<Grant> & { readonly name?: string | undefined },
  ): Promise<Account | AccountRefusal>;
  /** What a person chose for themselves; null: nothing any more. */
  setLanguage(id: string, language: Language | null): Promise<void>;
  /** Removes an account with its sessions and keys. */
  removeUser(id: string): Promise<'removed' | AccountRefusal>;
}

/** Service accounts, and the API keys of theirs and of people. */
export interface KeyStore {
  services(): Promise<ServiceAccount[]>;
  addService(service: Grant & { readonly name: string }, author: Author): Promise<ServiceAccount>;
  changeService(
    id: string,
    change: Partial<Grant> & { readonly name?: string | undefined },
  ): Promise<ServiceAccount | undefined>;
  /** Removes a service account with its keys. */
  removeService(id: string): Promise<boolean>;
  keys(): Promise<ApiKey[]>;
  addKey(
    owner: Pick<ApiKeyView['owner'], 'kind' | 'id'>,
    key: Pick<ApiKeyView, 'name' | 'permissions' | 'tenants' | 'expiresAt'>,
    author: Author,
  ): Promise<{ readonly key: ApiKey; readonly secret: string }>;
  removeKey(id: string): Promise<boolean>;
}

/** Mails to people about their accounts. */
export interface AccessMails {
  /** Queues it; whether a mail server is there or not, the record is in the outbox. */
  factorsReset(account: Account, by: Identity): Promise<void>;
}
