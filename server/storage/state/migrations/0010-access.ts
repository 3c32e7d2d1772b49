/**
 * Eight roles instead of three, service accounts that API keys belong to, sessions that can be told apart, and
 * devices that are known. Why each old role becomes which new one: docs/adr/0016.
 */
export const sql = `
UPDATE account SET role = CASE
  WHEN role = 'administrator' AND tenants IS NULL THEN 'provider-administrator'
  WHEN role = 'administrator' THEN 'client-administrator'
  WHEN role = 'analyst' THEN 'analyst'
  WHEN tenants IS NULL THEN 'auditor'
  ELSE 'client-reader' END;
ALTER TABLE account ADD CONSTRAINT client_is_confined CHECK (role NOT LIKE 'client-%' OR tenants IS NOT NULL);

CREATE TABLE service_account (
  id text PRIMARY KEY,
  name text NOT NULL,
  role text NOT NULL,
  tenants text[],
  created_at double precision NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT client_is_confined CHECK (role NOT LIKE 'client-%' OR tenants IS NOT NULL)
);
INSERT INTO service_account
  SELECT id, name, CASE
    WHEN role = 'administrator' AND tenants IS NULL THEN 'provider-administrator'
    WHEN role = 'administrator' THEN 'client-administrator'
    WHEN role = 'analyst' THEN 'analyst'
    WHEN tenants IS NULL THEN 'auditor'
    ELSE 'client-reader' END, tenants, created_at, ''
  FROM api_key;

ALTER TABLE api_key
  ADD COLUMN account_id text REFERENCES account ON DELETE CASCADE,
  ADD COLUMN service_id text REFERENCES service_account ON DELETE CASCADE,
  ADD COLUMN permissions text[],
  ADD COLUMN expires_at double precision,
  ADD COLUMN created_by text NOT NULL DEFAULT '';
UPDATE api_key SET service_id = id;
-- A reader's key goes on reading what it read, and no more: an auditor reads the record of people, too.
UPDATE api_key SET permissions = ARRAY['incidents.read', 'events.read', 'exports.make', 'mails.read', 'rules.read',
  'sources.read', 'assets.read', 'tenants.read', 'status.read'] WHERE role = 'reader' AND tenants IS NULL;
ALTER TABLE api_key DROP COLUMN role, ADD CONSTRAINT one_owner CHECK (num_nonnulls(account_id, service_id) = 1);
ALTER TABLE api_key ALTER COLUMN created_by DROP DEFAULT;
CREATE INDEX api_key_account ON api_key (account_id);
CREATE INDEX api_key_service ON api_key (service_id);

-- Whoever is signed in signs in again: with what was kept, sessions can't be told apart or found idle.
DELETE FROM session;
ALTER TABLE session
  ADD COLUMN id text NOT NULL UNIQUE,
  ADD COLUMN last_seen_at double precision NOT NULL,
  ADD COLUMN client text NOT NULL;
CREATE INDEX session_account ON session (account_id);

CREATE TABLE known_device (
  account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
  token_hash bytea NOT NULL,
  last_used_at double precision NOT NULL,
  PRIMARY KEY (account_id, token_hash)
);

-- A tenant that is made again under an old name does not belong to those of the old one.
CREATE FUNCTION forget_tenant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = vigie AS $$
BEGIN
  UPDATE account SET tenants = array_remove(tenants, OLD.id) WHERE OLD.id = ANY (tenants);
  UPDATE service_account SET tenants = array_remove(tenants, OLD.id) WHERE OLD.id = ANY (tenants);
  UPDATE api_key SET tenants = array_remove(tenants, OLD.id) WHERE OLD.id = ANY (tenants);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION forget_tenant() FROM PUBLIC;
CREATE TRIGGER forget_tenant AFTER DELETE ON tenant FOR EACH ROW EXECUTE FUNCTION forget_tenant();

-- Incidents show who has them; nothing that acts for a tenant needs more of an account than that.
REVOKE SELECT ON account FROM vigie_api;
GRANT SELECT (id, name) ON account TO vigie_api;
`;
