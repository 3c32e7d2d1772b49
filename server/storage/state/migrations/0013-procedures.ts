/**
 * Procedures that people made, with every version of each, and what was done of procedures at incidents. An attached
 * procedure keeps its own copy of the text: what a person has ticked must stay what was asked of them.
 */
export const sql = `
CREATE TABLE procedure (
  key text PRIMARY KEY,
  -- Null: all tenants, who are shown its text through their incidents; only the provider changes it.
  tenant text REFERENCES tenant ON DELETE CASCADE,
  id text NOT NULL,
  revision integer NOT NULL,
  newest integer NOT NULL,
  live integer,
  changed_at double precision NOT NULL,
  changed_by text NOT NULL
);
CREATE UNIQUE INDEX procedure_of_tenant ON procedure (tenant, id) WHERE tenant IS NOT NULL;
CREATE UNIQUE INDEX procedure_of_all ON procedure (id) WHERE tenant IS NULL;
CREATE TABLE procedure_version (
  key text NOT NULL REFERENCES procedure ON DELETE CASCADE,
  number integer NOT NULL,
  tenant text REFERENCES tenant ON DELETE CASCADE,
  sop text NOT NULL,
  texts jsonb NOT NULL,
  note text NOT NULL,
  author text NOT NULL,
  was_live boolean NOT NULL DEFAULT false,
  created_at double precision NOT NULL,
  PRIMARY KEY (key, number)
);
CREATE TABLE incident_procedure (
  tenant text NOT NULL,
  incident_id integer NOT NULL,
  procedure_id text NOT NULL,
  origin text NOT NULL CHECK (origin IN ('shipped', 'provider', 'tenant')),
  version integer NOT NULL,
  content jsonb NOT NULL,
  attached_at double precision NOT NULL,
  attached_by text NOT NULL,
  PRIMARY KEY (tenant, incident_id, procedure_id),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE TABLE incident_step (
  tenant text NOT NULL,
  incident_id integer NOT NULL,
  procedure_id text NOT NULL,
  step_id text NOT NULL,
  -- Null: open.
  state text CHECK (state IN ('done', 'skipped', 'not-applicable')),
  at double precision NOT NULL,
  actor text NOT NULL,
  reason text CHECK (state <> 'skipped' OR reason IS NOT NULL),
  evidence text,
  option text,
  assignee_id text REFERENCES account ON DELETE SET NULL,
  PRIMARY KEY (tenant, incident_id, procedure_id, step_id),
  FOREIGN KEY (tenant, incident_id, procedure_id)
    REFERENCES incident_procedure (tenant, incident_id, procedure_id) ON DELETE CASCADE
);
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['procedure', 'procedure_version', 'incident_procedure', 'incident_step'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY by_tenant ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'' OR tenant = ANY (string_to_array(current_setting(''vigie.tenants'', true), '','')))', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT, DELETE ON procedure, procedure_version TO vigie_api;
GRANT UPDATE (revision, newest, live, changed_at, changed_by) ON procedure TO vigie_api;
GRANT UPDATE (was_live) ON procedure_version TO vigie_api;
GRANT SELECT, INSERT, DELETE ON incident_procedure, incident_step TO vigie_api;
GRANT UPDATE (state, at, actor, reason, evidence, option, assignee_id) ON incident_step TO vigie_api;
`;
