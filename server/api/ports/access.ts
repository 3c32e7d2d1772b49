import type { ApiKeyView, Role, UserView } from '@vigie/contracts/api';

/** Tenants an identity may see. */
export type Scope = readonly string[] | 'all';

/** Who is calling, and what they may see and do. */
export interface Identity {
  readonly kind: 'account' | 'key';
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly mustChangePassword: boolean;
}

/** Who makes a change, for the record. */
export type Author = Pick<Identity, 'id' | 'name'>;

/** Accounts, sessions and keys. Secrets go in and out in clear only where they are made. */
export interface AccessStore {
  signIn(
    email: string,
    password: string,
    address: string,
  ): Promise<{ readonly identity: Identity; readonly token: string } | undefined>;
  bySession(token: string): Promise<Identity | undefined>;
  byKey(secret: string): Promise<Identity | undefined>;
  signOut(token: string): Promise<void>;
  /** Undefined: the current password is wrong. Ends every other session of the account. */
  changePassword(
    accountId: string,
    current: string,
    next: string,
    keepToken: string | undefined,
  ): Promise<boolean>;
  users(): Promise<UserView[]>;
  /** Undefined: the address is taken. */
  addUser(user: {
    readonly email: string;
    readonly name: string;
    readonly role: Role;
    readonly tenants: readonly string[] | null;
    readonly password: string;
    readonly mustChangePassword: boolean;
  }): Promise<UserView | undefined>;
  /** Sets a one-time password and ends the account's sessions; false: no such account. */
  resetPassword(email: string, next: string, mustChange: boolean): Promise<boolean>;
  removeUser(email: string): Promise<boolean>;
  keys(): Promise<ApiKeyView[]>;
  addKey(key: {
    readonly name: string;
    readonly role: Role;
    readonly tenants: readonly string[] | null;
  }): Promise<{ key: ApiKeyView; secret: string }>;
  removeKey(id: string): Promise<boolean>;
}
