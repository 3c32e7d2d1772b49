/**
 * Exceptions: who keeps which rules silent where, why and until when, and what that has silenced. An exception
 * is never edited or deleted: it is extended or revoked, and each change is a row of its own.
 */
export const sql = `
CREATE TABLE exception (
  id text PRIMARY KEY,
  -- Null: all tenants. Only those who see all tenants see such a row.
  tenant text REFERENCES tenant ON DELETE CASCADE,
  title text NOT NULL,
  filter text NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  owner_id text REFERENCES account ON DELETE SET NULL,
  -- As it was then: accounts go, the answer for an exception stays.
  owner_name text NOT NULL,
  created_at double precision NOT NULL,
  changed_at double precision NOT NULL,
  expires_at double precision NOT NULL CHECK (expires_at > created_at),
  revoked_at double precision,
  previewed jsonb
);
CREATE INDEX exception_tenant ON exception (tenant, expires_at);
CREATE TABLE exception_change (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  exception_id text NOT NULL REFERENCES exception ON DELETE CASCADE,
  tenant text REFERENCES tenant ON DELETE CASCADE,
  at double precision NOT NULL,
  actor text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('created', 'extended', 'revoked')),
  text text NOT NULL
);
CREATE INDEX exception_change_of ON exception_change (exception_id, id);
CREATE TABLE exception_hit (
  tenant text NOT NULL REFERENCES tenant ON DELETE CASCADE,
  exception_id text NOT NULL REFERENCES exception ON DELETE CASCADE,
  rule_id text NOT NULL,
  day double precision NOT NULL,
  hits bigint NOT NULL,
  last_at double precision NOT NULL,
  PRIMARY KEY (exception_id, tenant, rule_id, day)
);
CREATE TABLE exception_progress (id integer PRIMARY KEY CHECK (id = 1), sequence bigint NOT NULL);
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['exception', 'exception_change', 'exception_hit'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY by_tenant ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'' OR tenant = ANY (string_to_array(current_setting(''vigie.tenants'', true), '','')))', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON exception, exception_change TO vigie_api;
GRANT UPDATE (changed_at, expires_at, revoked_at) ON exception TO vigie_api;
GRANT SELECT ON exception_hit TO vigie_api;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA vigie TO vigie_api;
`;
