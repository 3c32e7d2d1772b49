/**
 * Mappings that people make of a source's lines, with every version of each. A version's definition never changes;
 * which of them is live does.
 */
export const sql = `
CREATE TABLE mapping (
  key text PRIMARY KEY,
  -- Null: all tenants. Only those who see all tenants see such a row.
  tenant text REFERENCES tenant ON DELETE CASCADE,
  id text NOT NULL,
  revision integer NOT NULL,
  newest integer NOT NULL,
  live integer,
  changed_at double precision NOT NULL,
  changed_by text NOT NULL
);
CREATE UNIQUE INDEX mapping_of_tenant ON mapping (tenant, id) WHERE tenant IS NOT NULL;
CREATE UNIQUE INDEX mapping_of_all ON mapping (id) WHERE tenant IS NULL;
CREATE TABLE mapping_version (
  key text NOT NULL REFERENCES mapping ON DELETE CASCADE,
  number integer NOT NULL,
  tenant text REFERENCES tenant ON DELETE CASCADE,
  -- JSON as text: the order of fields and values is the person's.
  definition text NOT NULL,
  note text NOT NULL,
  -- Names, not references: an API key writes mappings too, and a history outlives its people.
  author text NOT NULL,
  was_live boolean NOT NULL DEFAULT false,
  created_at double precision NOT NULL,
  PRIMARY KEY (key, number)
);
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['mapping', 'mapping_version'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY by_tenant ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'' OR tenant = ANY (string_to_array(current_setting(''vigie.tenants'', true), '','')))', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT, DELETE ON mapping, mapping_version TO vigie_api;
GRANT UPDATE (revision, newest, live, changed_at, changed_by) ON mapping TO vigie_api;
GRANT UPDATE (was_live) ON mapping_version TO vigie_api;
`;
