/** Windows Event Forwarding: what the machines of a source are asked for, and how far each has come. See `schema/wef.ts`. */
export const sql = `
CREATE TABLE wef_subscription (
  tenant text NOT NULL,
  source text NOT NULL,
  enabled boolean NOT NULL,
  queries jsonb NOT NULL,
  format text NOT NULL CHECK (format IN ('raw', 'rendered')),
  read_existing boolean NOT NULL,
  latency_seconds integer NOT NULL,
  heartbeat_seconds integer NOT NULL,
  PRIMARY KEY (tenant, source),
  FOREIGN KEY (tenant, source) REFERENCES source (tenant, id) ON DELETE CASCADE
);
CREATE TABLE wef_machine (
  tenant text NOT NULL,
  source text NOT NULL,
  -- Digest of the two names.
  id text NOT NULL,
  -- Of the certificate, which an authority vouches for; and what the machine calls itself.
  certificate text NOT NULL,
  machine text NOT NULL,
  address text NOT NULL,
  version text,
  bookmark text,
  first_at double precision NOT NULL,
  last_at double precision NOT NULL,
  events_at double precision,
  events bigint NOT NULL DEFAULT 0,
  problem text,
  problem_at double precision,
  PRIMARY KEY (tenant, source, id),
  FOREIGN KEY (tenant, source) REFERENCES source (tenant, id) ON DELETE CASCADE
);
CREATE INDEX wef_machine_certificate ON wef_machine (tenant, source, certificate);
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['wef_subscription', 'wef_machine'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY by_tenant ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'' OR tenant = ANY (string_to_array(current_setting(''vigie.tenants'', true), '','')))', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE, DELETE ON wef_subscription TO vigie_api;
GRANT SELECT, DELETE ON wef_machine TO vigie_api;
`;
