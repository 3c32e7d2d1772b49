import type { Language, Permission, Role } from '@vigie/contracts/api';
import type { Generated } from 'kysely';
import type { SignInMethod } from '../../../access/ports.ts';

/** Accounts, service accounts, sessions, keys and known devices. */
export interface AccessTables {
  account: AccountTable;
  service_account: ServiceAccountTable;
  session: SessionTable;
  api_key: ApiKeyTable;
  known_device: KnownDeviceTable;
}

export interface AccountTable {
  id: string;
  email: string;
  name: string;
  role: Role;
  tenants: string[] | null;
  /** argon2id, PHC string; null: signs in through a connection only. */
  password_hash: string | null;
  must_change_password: boolean;
  created_at: number;
  last_sign_in_at: number | null;
  /** False: neither signs in nor has sessions. */
  active: Generated<boolean>;
  /** Connection of single sign-on that made the account. */
  connection_id: Generated<string | null>;
  /** The provisioning client's own id of it. */
  external_id: Generated<string | null>;
  /** Of the console and of mails to the person; null: nothing was chosen. */
  language: Generated<Language | null>;
}

export interface ServiceAccountTable {
  id: string;
  name: string;
  role: Role;
  tenants: string[] | null;
  created_at: number;
  created_by: string;
}

export interface SessionTable {
  /** SHA-256 of the cookie's value. */
  token_hash: Buffer;
  /** Tells sessions apart where the token must not be seen. */
  id: string;
  account_id: string;
  created_at: number;
  /** Last call, to the minute. */
  last_seen_at: number;
  /** When it ends whatever happens. */
  expires_at: number;
  address: string;
  /** Browser and system in words. */
  client: string;
  method: Generated<SignInMethod>;
}

export interface ApiKeyTable {
  id: string;
  name: string;
  secret_hash: Buffer;
  /** A person's key; this or `service_id`. */
  account_id: string | null;
  service_id: string | null;
  /** Null: whatever its owner may do. */
  permissions: Permission[] | null;
  /** Null: its owner's. */
  tenants: string[] | null;
  created_at: number;
  created_by: string;
  expires_at: number | null;
  last_used_at: number | null;
}

/** A browser from which somebody has signed in; it is recognised by a cookie of its own. */
export interface KnownDeviceTable {
  account_id: string;
  /** SHA-256 of the cookie's value. */
  token_hash: Buffer;
  last_used_at: number;
}
