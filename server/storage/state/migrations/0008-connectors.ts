/** Connectors of sources: settings, encrypted secrets, and how far they have come. See `schema.ts`. */
export const sql = `
CREATE TABLE connector (
  tenant text NOT NULL,
  source text NOT NULL,
  type text NOT NULL,
  settings jsonb NOT NULL,
  secrets text NOT NULL,
  secret_names text[] NOT NULL,
  every_seconds integer NOT NULL,
  paused boolean NOT NULL DEFAULT false,
  revision integer NOT NULL,
  checkpoint text,
  checkpoint_at double precision NOT NULL,
  strays text[] NOT NULL DEFAULT '{}',
  next_at double precision NOT NULL,
  last_fetch_at double precision,
  covered_to double precision,
  fetched bigint NOT NULL DEFAULT 0,
  added bigint NOT NULL DEFAULT 0,
  failures integer NOT NULL DEFAULT 0,
  problem text,
  created_at double precision NOT NULL,
  PRIMARY KEY (tenant, source),
  FOREIGN KEY (tenant, source) REFERENCES source (tenant, id) ON DELETE CASCADE
);

ALTER TABLE connector ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON connector TO vigie_api USING (current_setting('vigie.tenants', true) = '*' OR tenant = ANY (string_to_array(current_setting('vigie.tenants', true), ',')));
GRANT SELECT (tenant, source, type, settings, secret_names, every_seconds, paused, revision, next_at, last_fetch_at, covered_to, fetched, added, failures, problem, created_at, checkpoint, checkpoint_at, strays) ON connector TO vigie_api;
`;
