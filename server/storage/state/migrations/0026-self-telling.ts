/**
 * Clients may allow that steps of procedures send by themselves; what sent so is remembered with the incident, also
 * when the procedure is taken off and used again.
 */
export const sql = `
CREATE TABLE self_telling (
  tenant text PRIMARY KEY REFERENCES tenant ON DELETE CASCADE,
  min_level text NOT NULL CHECK (min_level IN ('informational', 'low', 'medium', 'high', 'critical')),
  functions jsonb NOT NULL,
  allowed_by text NOT NULL,
  allowed_at double precision NOT NULL
);
ALTER TABLE self_telling ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON self_telling TO vigie_api
  USING (current_setting('vigie.tenants', true) = '*'
    OR tenant = ANY (string_to_array(current_setting('vigie.tenants', true), ',')));
GRANT SELECT, INSERT, UPDATE, DELETE ON self_telling TO vigie_api;

CREATE TABLE self_told (
  tenant text NOT NULL,
  incident_id integer NOT NULL,
  procedure_id text NOT NULL,
  step_id text NOT NULL,
  at double precision NOT NULL,
  PRIMARY KEY (tenant, incident_id, procedure_id, step_id),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
ALTER TABLE self_told ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON self_told TO vigie_api
  USING (current_setting('vigie.tenants', true) = '*'
    OR tenant = ANY (string_to_array(current_setting('vigie.tenants', true), ',')));
GRANT SELECT ON self_told TO vigie_api;

-- Who had allowed that it was sent by itself; null: a person sent it.
ALTER TABLE step_telling ADD COLUMN allowed_by text;
`;
