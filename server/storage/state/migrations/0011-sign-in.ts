/**
 * Second factors, passkeys, single sign-on and provisioning. What belongs to an account hangs on the account, which
 * has its tenants; connections and requirements have a tenant of their own, or none: the provider's. See `schema.ts`.
 */
export const sql = `
CREATE TABLE sso_connection (
  id text PRIMARY KEY,
  -- Null: the provider's own.
  tenant text REFERENCES tenant ON DELETE CASCADE,
  name text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('oidc', 'saml')),
  enabled boolean NOT NULL,
  button boolean NOT NULL,
  domains text[] NOT NULL,
  settings jsonb NOT NULL,
  secret text,
  scim_token_hash bytea UNIQUE,
  revision integer NOT NULL DEFAULT 1,
  created_at double precision NOT NULL
);
CREATE INDEX sso_connection_tenant ON sso_connection (tenant);
-- A domain leads to one place.
CREATE TABLE sso_domain (
  domain text PRIMARY KEY CHECK (domain = lower(domain)),
  connection_id text NOT NULL REFERENCES sso_connection ON DELETE CASCADE
);
CREATE TABLE sign_in_policy (
  tenant text REFERENCES tenant ON DELETE CASCADE,
  second_factor boolean NOT NULL
);
CREATE UNIQUE INDEX sign_in_policy_of ON sign_in_policy (coalesce(tenant, ''));

ALTER TABLE account
  -- Null: signs in through its organisation only.
  ALTER COLUMN password_hash DROP NOT NULL,
  ADD COLUMN active boolean NOT NULL DEFAULT true,
  -- The connection that made the account and says what it may do; with it go its accounts.
  ADD COLUMN connection_id text REFERENCES sso_connection ON DELETE CASCADE,
  ADD COLUMN external_id text;
CREATE INDEX account_connection ON account (connection_id) WHERE connection_id IS NOT NULL;
ALTER TABLE session ADD COLUMN method text NOT NULL DEFAULT 'password'
  CHECK (method IN ('password', 'second-factor', 'passkey', 'sso'));

CREATE TABLE external_identity (
  connection_id text NOT NULL REFERENCES sso_connection ON DELETE CASCADE,
  issuer text NOT NULL,
  subject text NOT NULL,
  account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
  created_at double precision NOT NULL,
  PRIMARY KEY (connection_id, issuer, subject)
);
CREATE INDEX external_identity_account ON external_identity (account_id);
CREATE TABLE totp (
  account_id text PRIMARY KEY REFERENCES account ON DELETE CASCADE,
  secret text NOT NULL,
  -- Null: not yet confirmed by a code, so not asked for.
  confirmed_at double precision,
  last_step bigint NOT NULL DEFAULT 0
);
CREATE TABLE recovery_code (
  account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
  code_hash bytea NOT NULL,
  used_at double precision,
  PRIMARY KEY (account_id, code_hash)
);
CREATE TABLE passkey (
  id text PRIMARY KEY,
  account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
  name text NOT NULL,
  public_key bytea NOT NULL,
  counter bigint NOT NULL,
  transports text[] NOT NULL,
  synced boolean NOT NULL,
  created_at double precision NOT NULL,
  last_used_at double precision
);
CREATE INDEX passkey_account ON passkey (account_id);
CREATE TABLE sign_in_flow (
  id bytea PRIMARY KEY,
  kind text NOT NULL,
  account_id text REFERENCES account ON DELETE CASCADE,
  connection_id text REFERENCES sso_connection ON DELETE CASCADE,
  data text NOT NULL,
  answer text,
  tries integer NOT NULL DEFAULT 0,
  expires_at double precision NOT NULL
);
CREATE INDEX sign_in_flow_end ON sign_in_flow (expires_at);

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['sso_connection', 'sign_in_policy'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY by_tenant ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'' OR tenant = ANY (string_to_array(current_setting(''vigie.tenants'', true), '','')))', t);
  END LOOP;
END $$;
-- Neither the sealed secret nor the token's digest: whether they are there is told by the store.
GRANT SELECT (id, tenant, name, kind, enabled, button, domains, settings, revision, created_at) ON sso_connection TO vigie_api;
GRANT SELECT ON sign_in_policy TO vigie_api;
`;
