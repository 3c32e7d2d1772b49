import type { Role } from '@vigie/contracts/api';

/** Accounts, sessions and keys. */
export interface AccessTables {
  account: AccountTable;
  session: SessionTable;
  api_key: ApiKeyTable;
}

export interface AccountTable {
  id: string;
  email: string;
  name: string;
  role: Role;
  tenants: string[] | null;
  /** argon2id, PHC string. */
  password_hash: string;
  must_change_password: boolean;
  created_at: number;
  last_sign_in_at: number | null;
}

export interface SessionTable {
  /** SHA-256 of the cookie's value. */
  token_hash: Buffer;
  account_id: string;
  created_at: number;
  expires_at: number;
  address: string;
}

export interface ApiKeyTable {
  id: string;
  name: string;
  secret_hash: Buffer;
  role: Role;
  tenants: string[] | null;
  created_at: number;
  last_used_at: number | null;
}
