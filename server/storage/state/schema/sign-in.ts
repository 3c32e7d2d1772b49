import type { SsoSettings } from '../../../access/ports.ts';
import type { BigInt64, Json } from './columns.ts';

/** Second factors, passkeys, single sign-on, and sign-ins under way. */
export interface SignInTables {
  sso_connection: SsoConnectionTable;
  sso_domain: SsoDomainTable;
  sign_in_policy: SignInPolicyTable;
  external_identity: ExternalIdentityTable;
  totp: TotpTable;
  recovery_code: RecoveryCodeTable;
  passkey: PasskeyTable;
  sign_in_flow: SignInFlowTable;
}

/** How the people of a tenant, or of the provider (null), sign in through their own organisation. */
export interface SsoConnectionTable {
  id: string;
  tenant: string | null;
  name: string;
  kind: 'oidc' | 'saml';
  enabled: boolean;
  /** Shown on the sign-in page to everybody. */
  button: boolean;
  domains: string[];
  settings: Json<SsoSettings>;
  /** The client's secret, sealed; null: a public client, or SAML. */
  secret: string | null;
  /** SHA-256 of the provisioning token. */
  scim_token_hash: Buffer | null;
  revision: number;
  created_at: number;
}

/** Which connection an e-mail domain leads to; a domain is at one only. */
export interface SsoDomainTable {
  domain: string;
  connection_id: string;
}

export interface SignInPolicyTable {
  /** Null: the provider's own people. */
  tenant: string | null;
  second_factor: boolean;
}

/** Who an account is to an identity provider. */
export interface ExternalIdentityTable {
  connection_id: string;
  issuer: string;
  subject: string;
  account_id: string;
  created_at: number;
}

export interface TotpTable {
  account_id: string;
  /** Base32, sealed. */
  secret: string;
  confirmed_at: number | null;
  /** The last time step that a code was accepted for; none up to it is accepted again. */
  last_step: BigInt64;
}

export interface RecoveryCodeTable {
  account_id: string;
  /** SHA-256; a code has 80 random bits. */
  code_hash: Buffer;
  used_at: number | null;
}

export interface PasskeyTable {
  /** Credential id, base64url. */
  id: string;
  account_id: string;
  name: string;
  /** COSE key. */
  public_key: Buffer;
  counter: BigInt64;
  transports: string[];
  /** Kept by a service on several devices. */
  synced: boolean;
  created_at: number;
  last_used_at: number | null;
}

/** A sign-in between its first and its last step. */
export interface SignInFlowTable {
  /** SHA-256 of the token in the browser's cookie. */
  id: Buffer;
  kind: string;
  account_id: string | null;
  connection_id: string | null;
  /** What the next step needs, JSON, sealed. */
  data: string;
  /** What the identity provider said, checked, JSON, sealed. */
  answer: string | null;
  tries: number;
  expires_at: number;
}
