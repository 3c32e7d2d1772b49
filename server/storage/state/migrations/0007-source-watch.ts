/**
 * Watching the sources: what came from each by hour, which kinds of event and which technologies it has sent,
 * what was unusual about it, and planned maintenance.
 */
export const sql = `
CREATE TABLE source_week (
  tenant text NOT NULL,
  source text NOT NULL,
  -- Whole weeks since 1970 (UTC); each array has a place for each of its 168 hours, null: not known.
  week integer NOT NULL,
  events double precision[] NOT NULL DEFAULT array_fill(NULL::double precision, ARRAY[168]),
  failures double precision[] NOT NULL DEFAULT array_fill(NULL::double precision, ARRAY[168]),
  active double precision[] NOT NULL DEFAULT array_fill(NULL::double precision, ARRAY[168]),
  first double precision[] NOT NULL DEFAULT array_fill(NULL::double precision, ARRAY[168]),
  last double precision[] NOT NULL DEFAULT array_fill(NULL::double precision, ARRAY[168]),
  gap double precision[] NOT NULL DEFAULT array_fill(NULL::double precision, ARRAY[168]),
  delay double precision[] NOT NULL DEFAULT array_fill(NULL::double precision, ARRAY[168]),
  skip double precision[] NOT NULL DEFAULT array_fill(NULL::double precision, ARRAY[168]),
  PRIMARY KEY (tenant, source, week),
  FOREIGN KEY (tenant, source) REFERENCES source (tenant, id) ON DELETE CASCADE
);
CREATE TABLE source_watch (
  tenant text NOT NULL,
  source text NOT NULL,
  first_at double precision NOT NULL,
  last_at double precision NOT NULL,
  events double precision NOT NULL,
  -- First hour (since 1970) to learn from; of volume, after a lasting change, a later one.
  learn_from integer NOT NULL,
  volume_from integer NOT NULL,
  PRIMARY KEY (tenant, source),
  FOREIGN KEY (tenant, source) REFERENCES source (tenant, id) ON DELETE CASCADE
);
CREATE TABLE source_kind (
  tenant text NOT NULL,
  source text NOT NULL,
  dataset text NOT NULL,
  action text NOT NULL,
  code text NOT NULL,
  first_at double precision NOT NULL,
  example text NOT NULL,
  PRIMARY KEY (tenant, source, dataset, action, code),
  FOREIGN KEY (tenant, source) REFERENCES source (tenant, id) ON DELETE CASCADE
);
CREATE TABLE source_dataset (
  tenant text NOT NULL,
  source text NOT NULL,
  dataset text NOT NULL,
  first_at double precision NOT NULL,
  last_at double precision NOT NULL,
  PRIMARY KEY (tenant, source, dataset),
  FOREIGN KEY (tenant, source) REFERENCES source (tenant, id) ON DELETE CASCADE
);
CREATE TABLE source_alert (
  id text PRIMARY KEY,
  tenant text NOT NULL,
  source text NOT NULL,
  kind text NOT NULL,
  state text NOT NULL CHECK (state IN ('open', 'recovered', 'accepted', 'ended')),
  since double precision NOT NULL,
  opened_at double precision NOT NULL,
  updated_at double precision NOT NULL,
  -- The source has been itself since then; it counts as recovered when that has lasted.
  clear_since double precision,
  recovered_at double precision,
  flaps integer NOT NULL DEFAULT 0,
  told boolean NOT NULL DEFAULT false,
  acknowledged_by text,
  acknowledged_at double precision,
  acknowledged_note text NOT NULL DEFAULT '',
  facts jsonb NOT NULL,
  FOREIGN KEY (tenant, source) REFERENCES source (tenant, id) ON DELETE CASCADE
);
-- One alert of a kind at a time: two of them would be told twice.
CREATE UNIQUE INDEX source_alert_open ON source_alert (tenant, source, kind) WHERE state = 'open';
CREATE INDEX source_alert_of ON source_alert (tenant, source, opened_at DESC);
CREATE TABLE maintenance (
  id text PRIMARY KEY,
  tenant text NOT NULL REFERENCES tenant ON DELETE CASCADE,
  source text,
  plan jsonb NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  created_by text NOT NULL,
  created_at double precision NOT NULL,
  ended_by text,
  ended_at double precision,
  FOREIGN KEY (tenant, source) REFERENCES source (tenant, id) ON DELETE CASCADE
);
CREATE INDEX maintenance_tenant ON maintenance (tenant, created_at DESC);
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['source_week', 'source_watch', 'source_kind', 'source_dataset', 'source_alert', 'maintenance'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY by_tenant ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'' OR tenant = ANY (string_to_array(current_setting(''vigie.tenants'', true), '','')))', t);
    EXECUTE format('GRANT SELECT ON %I TO vigie_api', t);
  END LOOP;
END $$;
GRANT UPDATE (acknowledged_by, acknowledged_at, acknowledged_note) ON source_alert TO vigie_api;
GRANT INSERT ON maintenance TO vigie_api;
GRANT UPDATE (ended_by, ended_at) ON maintenance TO vigie_api;
`;
