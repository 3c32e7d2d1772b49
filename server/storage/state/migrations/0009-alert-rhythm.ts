/**
 * How often each rule speaks about each entity, why alerts joined their incident, and what people merged, split
 * and moved by hand.
 */
export const sql = `
CREATE TABLE alert_rhythm (
  tenant text NOT NULL REFERENCES tenant ON DELETE CASCADE,
  -- Empty: everything of the tenant.
  entity text NOT NULL,
  rule_id text NOT NULL,
  first_at double precision NOT NULL,
  last_at double precision NOT NULL,
  total bigint NOT NULL,
  slots integer NOT NULL,
  days integer NOT NULL,
  peak integer NOT NULL,
  in_slot integer NOT NULL,
  signal_at double precision,
  signal double precision NOT NULL,
  signal_term text NOT NULL,
  PRIMARY KEY (tenant, entity, rule_id)
);
ALTER TABLE alert
  ADD COLUMN part text NOT NULL DEFAULT 'evidence' CHECK (part IN ('evidence', 'context')),
  ADD COLUMN rarity double precision NOT NULL DEFAULT 0,
  ADD COLUMN routine boolean NOT NULL DEFAULT false,
  ADD COLUMN pinned boolean NOT NULL DEFAULT false,
  ADD COLUMN reason jsonb;
ALTER TABLE incident
  ADD COLUMN active_at double precision NOT NULL DEFAULT 0,
  ADD COLUMN signal_rules text[] NOT NULL DEFAULT '{}',
  ADD COLUMN reason jsonb,
  ADD COLUMN merged_into integer;
UPDATE incident SET active_at = last_at;
ALTER TABLE incident
  ADD FOREIGN KEY (tenant, merged_into) REFERENCES incident (tenant, id) ON DELETE SET NULL (merged_into);
CREATE INDEX incident_active ON incident (tenant, active_at DESC) WHERE status <> 'closed';
CREATE TABLE incident_merge (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  kept integer NOT NULL,
  gone integer NOT NULL,
  at double precision NOT NULL,
  actor text,
  alerts text[] NOT NULL,
  status text NOT NULL,
  undone_at double precision,
  FOREIGN KEY (tenant, kept) REFERENCES incident (tenant, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant, gone) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE INDEX incident_merge_of ON incident_merge (tenant, kept);
-- Incidents that a person took apart: no alert ties them together again.
CREATE TABLE incident_apart (
  tenant text NOT NULL,
  low integer NOT NULL,
  high integer NOT NULL CHECK (high > low),
  PRIMARY KEY (tenant, low, high),
  FOREIGN KEY (tenant, low) REFERENCES incident (tenant, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant, high) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['alert_rhythm', 'incident_merge', 'incident_apart'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY by_tenant ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'' OR tenant = ANY (string_to_array(current_setting(''vigie.tenants'', true), '','')))', t);
  END LOOP;
END $$;
GRANT SELECT ON alert_rhythm TO vigie_api;
GRANT SELECT, INSERT, UPDATE ON incident_merge TO vigie_api;
GRANT SELECT, INSERT ON incident_apart TO vigie_api;
GRANT INSERT, DELETE ON incident_entity TO vigie_api;
GRANT UPDATE (incident_id, part, pinned, reason) ON alert TO vigie_api;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA vigie TO vigie_api;
`;
