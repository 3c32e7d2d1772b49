/** The inventory: assets with identifiers, where they were seen, what was decided about them. */
export const sql = `
DROP TRIGGER asset_urgency ON asset;
ALTER TABLE asset RENAME TO asset_before;
ALTER TABLE asset_before RENAME CONSTRAINT asset_pkey TO asset_before_pkey;
CREATE TABLE asset (
  tenant text NOT NULL REFERENCES tenant ON DELETE CASCADE,
  id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('host', 'user')),
  -- What people call it: the best of its identifiers, or what a person or a directory says.
  name text NOT NULL,
  named boolean NOT NULL DEFAULT false,
  type text NOT NULL DEFAULT '',
  criticality text NOT NULL DEFAULT 'normal' CHECK (criticality IN ('low', 'normal', 'high', 'critical')),
  owner text NOT NULL DEFAULT '',
  site text NOT NULL DEFAULT '',
  note text NOT NULL DEFAULT '',
  handling text[] NOT NULL DEFAULT '{}',
  phone text NOT NULL DEFAULT '',
  maintenance jsonb,
  tags text[] NOT NULL DEFAULT '{}',
  os text NOT NULL DEFAULT '',
  -- Fields that a person set; neither a directory nor an import without them changes these.
  by_hand text[] NOT NULL DEFAULT '{}',
  first_at double precision,
  last_at double precision,
  created_at double precision NOT NULL,
  changed_at double precision NOT NULL,
  risk integer NOT NULL DEFAULT 0,
  merged_into text,
  erased_at double precision,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, merged_into) REFERENCES asset (tenant, id) ON DELETE SET NULL (merged_into)
);
CREATE INDEX asset_list ON asset (tenant, kind, name, id) WHERE merged_into IS NULL;
CREATE INDEX asset_risk ON asset (tenant, risk DESC, id) WHERE merged_into IS NULL;
CREATE INDEX asset_seen ON asset (tenant, last_at DESC, id) WHERE merged_into IS NULL;
CREATE INDEX asset_merged ON asset (tenant, merged_into) WHERE merged_into IS NOT NULL;
CREATE TABLE asset_identifier (
  tenant text NOT NULL,
  kind text NOT NULL,
  key text NOT NULL,
  -- The name without domain or host, by which alerts speak of users.
  bare text,
  -- Null: several assets have it.
  asset_id text,
  first_at double precision NOT NULL,
  last_at double precision NOT NULL,
  PRIMARY KEY (tenant, kind, key),
  FOREIGN KEY (tenant, asset_id) REFERENCES asset (tenant, id) ON DELETE CASCADE
);
CREATE INDEX asset_identifier_of ON asset_identifier (tenant, asset_id);
CREATE INDEX asset_identifier_bare ON asset_identifier (tenant, bare) WHERE bare IS NOT NULL;
-- Identifiers that one sighting named together, or that a person tied or keeps apart.
CREATE TABLE asset_pair (
  tenant text NOT NULL REFERENCES tenant ON DELETE CASCADE,
  kind text NOT NULL,
  a text NOT NULL,
  b text NOT NULL,
  what text NOT NULL CHECK (what IN ('seen', 'together', 'apart')),
  PRIMARY KEY (tenant, kind, a, b, what)
);
CREATE INDEX asset_pair_b ON asset_pair (tenant, kind, b);
-- Assets that share an identifier.
CREATE TABLE asset_shared (
  tenant text NOT NULL,
  kind text NOT NULL,
  key text NOT NULL,
  asset_id text NOT NULL,
  PRIMARY KEY (tenant, kind, key, asset_id),
  FOREIGN KEY (tenant, kind, key) REFERENCES asset_identifier (tenant, kind, key) ON DELETE CASCADE,
  FOREIGN KEY (tenant, asset_id) REFERENCES asset (tenant, id) ON DELETE CASCADE
);
CREATE INDEX asset_shared_of ON asset_shared (tenant, asset_id);
-- An address that an asset had, for as long as it was seen with it.
CREATE TABLE asset_address (
  tenant text NOT NULL,
  asset_id text NOT NULL,
  ip inet NOT NULL,
  first_at double precision NOT NULL,
  last_at double precision NOT NULL,
  PRIMARY KEY (tenant, ip, first_at, asset_id),
  FOREIGN KEY (tenant, asset_id) REFERENCES asset (tenant, id) ON DELETE CASCADE
);
CREATE INDEX asset_address_of ON asset_address (tenant, asset_id, last_at DESC);
CREATE TABLE asset_source (
  tenant text NOT NULL,
  asset_id text NOT NULL,
  source text NOT NULL,
  first_at double precision NOT NULL,
  last_at double precision NOT NULL,
  PRIMARY KEY (tenant, asset_id, source),
  FOREIGN KEY (tenant, asset_id) REFERENCES asset (tenant, id) ON DELETE CASCADE
);
CREATE TABLE asset_use (
  tenant text NOT NULL,
  host_id text NOT NULL,
  user_id text NOT NULL,
  first_at double precision NOT NULL,
  last_at double precision NOT NULL,
  PRIMARY KEY (tenant, host_id, user_id),
  FOREIGN KEY (tenant, host_id) REFERENCES asset (tenant, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant, user_id) REFERENCES asset (tenant, id) ON DELETE CASCADE
);
CREATE INDEX asset_use_user ON asset_use (tenant, user_id);
CREATE TABLE asset_software (
  tenant text NOT NULL,
  asset_id text NOT NULL,
  name text NOT NULL,
  version text NOT NULL,
  first_at double precision NOT NULL,
  last_at double precision NOT NULL,
  PRIMARY KEY (tenant, asset_id, name, version),
  FOREIGN KEY (tenant, asset_id) REFERENCES asset (tenant, id) ON DELETE CASCADE
);
CREATE TABLE asset_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  asset_id text NOT NULL,
  at double precision NOT NULL,
  kind text NOT NULL CHECK (kind IN ('comment', 'change', 'merge', 'split')),
  text text NOT NULL,
  -- Null: Vigie itself.
  actor text,
  FOREIGN KEY (tenant, asset_id) REFERENCES asset (tenant, id) ON DELETE CASCADE
);
CREATE INDEX asset_log_of ON asset_log (tenant, asset_id, at DESC);
CREATE TABLE asset_merge (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  kept text NOT NULL,
  gone text NOT NULL,
  at double precision NOT NULL,
  actor text,
  -- Identifiers that the asset had which went into the other.
  keys text[] NOT NULL,
  undone_at double precision,
  FOREIGN KEY (tenant, kept) REFERENCES asset (tenant, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant, gone) REFERENCES asset (tenant, id) ON DELETE CASCADE
);
CREATE INDEX asset_merge_kept ON asset_merge (tenant, kept);
CREATE INDEX asset_merge_gone ON asset_merge (tenant, gone);

INSERT INTO asset (tenant, id, kind, name, criticality, owner, note, by_hand, created_at, changed_at)
  SELECT tenant, gen_random_uuid()::text, kind, name, criticality, owner, note, '{criticality,owner,note}', 0, 0
  FROM asset_before;
INSERT INTO asset_identifier (tenant, kind, key, bare, asset_id, first_at, last_at)
  SELECT tenant, kind,
    CASE WHEN kind = 'host' AND name ~ '^[a-z0-9_][a-z0-9_-]*([.][a-z0-9_-]+)+$' AND name !~ '^[0-9.]+$' THEN 'fqdn:' || name
      WHEN kind = 'user' AND name ~ '^[^@\\\\/]+@[^@\\\\/]+$' THEN 'address:' || name
      WHEN kind = 'user' AND name ~ '^[^@\\\\/]+[\\\\/][^\\\\/]+$' THEN 'account:' || replace(name, '/', '\\')
      ELSE 'name:' || name END,
    CASE WHEN kind = 'user' THEN regexp_replace(regexp_replace(name, '^.*[\\\\/]', ''), '@.*$', '') END,
    id, 0, 0
  FROM asset;
DROP TABLE asset_before;

-- The assets that entities may mean, as MarkIndex of server/assets resolves them.
CREATE FUNCTION entity_assets(of_tenant text, entities jsonb) RETURNS SETOF text LANGUAGE sql STABLE AS $$
  WITH named AS (
    SELECT e->>'type' AS kind, replace(lower(e->>'value'), '/', '\\') AS value
    FROM jsonb_array_elements(entities) e WHERE e->>'type' IN ('host', 'user')
  ), wanted AS (
    SELECT kind, 'fqdn:' || value AS key FROM named WHERE kind = 'host'
    UNION SELECT kind, 'name:' || value FROM named
    -- The first label, where the full name is not known.
    UNION SELECT kind, 'name:' || split_part(value, '.', 1) FROM named n WHERE kind = 'host' AND value !~ '^[0-9.]+$'
      AND NOT EXISTS (SELECT FROM asset_identifier k WHERE k.tenant = of_tenant AND k.kind = 'host' AND k.key = 'fqdn:' || n.value)
    UNION SELECT kind, 'address:' || value FROM named WHERE kind = 'user'
    UNION SELECT kind, 'account:' || split_part(split_part(value, '@', 2), '.', 1) || '\\' || split_part(value, '@', 1)
      FROM named WHERE kind = 'user' AND value LIKE '%@%'
    UNION SELECT kind, form || split_part(split_part(value, '\\', 1), '.', 1) || '\\' || split_part(value, '\\', 2)
      FROM named, (VALUES ('account:'), ('local:')) AS f(form) WHERE kind = 'user' AND position('\\' IN value) > 0
    UNION SELECT u.kind, form || split_part(h.value, '.', 1) || '\\' || u.value
      FROM named u JOIN named h ON h.kind = 'host', (VALUES ('account:'), ('local:')) AS f(form)
      WHERE u.kind = 'user' AND u.value !~ '[@]' AND position('\\' IN u.value) = 0
  )
  SELECT coalesce(i.asset_id, s.asset_id) FROM wanted w
    JOIN asset_identifier i ON i.tenant = of_tenant AND i.kind = w.kind AND i.key = w.key
    LEFT JOIN asset_shared s ON i.asset_id IS NULL AND s.tenant = i.tenant AND s.kind = i.kind AND s.key = i.key
    WHERE coalesce(i.asset_id, s.asset_id) IS NOT NULL
  UNION
  SELECT i.asset_id FROM named u JOIN asset_identifier i ON i.tenant = of_tenant AND i.kind = 'user' AND i.bare = u.value
    WHERE u.kind = 'user' AND i.asset_id IS NOT NULL
      AND u.value <> ALL (ARRAY['administrator', 'admin', 'root', 'guest', 'user', 'test', 'support', 'service', 'ubuntu', 'pi'])
      AND EXISTS (SELECT FROM asset_identifier d WHERE d.tenant = of_tenant AND d.asset_id = i.asset_id AND d.key ~ '^(guid|sid|address):')
$$;
CREATE OR REPLACE FUNCTION entity_criticality(of_tenant text, entities jsonb, OUT rank smallint, OUT asset text)
LANGUAGE sql STABLE AS $$
  SELECT array_position(ARRAY['low', 'normal', 'high', 'critical'], a.criticality) - 1, a.kind || ':' || a.name
  FROM entity_assets(of_tenant, entities) AS e(id) JOIN asset a ON a.tenant = of_tenant AND a.id = e.id
  ORDER BY 1 DESC, 2 LIMIT 1
$$;
-- Has the criticality of the open incidents looked up again that may name an asset.
CREATE FUNCTION asset_urgent(of_tenant text, of_asset text) RETURNS void LANGUAGE sql AS $$
  UPDATE incident i SET criticality = NULL FROM incident_entity e
  WHERE e.tenant = of_tenant AND i.tenant = e.tenant AND i.id = e.incident_id AND i.status <> 'closed' AND e.entity IN (
    SELECT name FROM (
      SELECT k.kind, k.key, k.bare FROM asset_identifier k WHERE k.tenant = of_tenant AND k.asset_id = of_asset
      UNION SELECT k.kind, k.key, k.bare FROM asset_shared s JOIN asset_identifier k USING (tenant, kind, key)
        WHERE s.tenant = of_tenant AND s.asset_id = of_asset
    ) k CROSS JOIN LATERAL (VALUES (k.kind || ':' || substr(k.key, position(':' IN k.key) + 1)), ('user:' || k.bare),
      ('host:' || CASE WHEN k.key ~ '^(local|account):' THEN split_part(substr(k.key, position(':' IN k.key) + 1), '\\', 1) END)) AS n(name)
    WHERE name IS NOT NULL)
$$;
CREATE OR REPLACE FUNCTION asset_urgency() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.criticality <> OLD.criticality OR NEW.merged_into IS DISTINCT FROM OLD.merged_into THEN
    PERFORM asset_urgent(NEW.tenant, NEW.id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER asset_urgency AFTER UPDATE ON asset FOR EACH ROW EXECUTE FUNCTION asset_urgency();
-- A name that came to an asset on which more or less depends than usual.
CREATE FUNCTION asset_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM asset a WHERE a.tenant = NEW.tenant AND a.id = NEW.asset_id AND a.criticality <> 'normal') THEN
    PERFORM asset_urgent(NEW.tenant, NEW.asset_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER asset_named AFTER UPDATE OF asset_id ON asset_identifier FOR EACH ROW
  WHEN (NEW.asset_id IS NOT NULL AND NEW.asset_id IS DISTINCT FROM OLD.asset_id) EXECUTE FUNCTION asset_named();
CREATE TRIGGER asset_named_at_once AFTER INSERT ON asset_identifier FOR EACH ROW
  WHEN (NEW.asset_id IS NOT NULL) EXECUTE FUNCTION asset_named();
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['asset', 'asset_identifier', 'asset_pair', 'asset_shared', 'asset_address', 'asset_source', 'asset_use', 'asset_software', 'asset_log', 'asset_merge'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY by_tenant ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'' OR tenant = ANY (string_to_array(current_setting(''vigie.tenants'', true), '','')))', t);
  END LOOP;
END $$;
GRANT SELECT ON asset, asset_identifier, asset_pair, asset_shared, asset_address, asset_source, asset_use, asset_software, asset_log, asset_merge TO vigie_api;
GRANT INSERT ON asset, asset_identifier, asset_pair, asset_shared, asset_software, asset_log, asset_merge TO vigie_api;
GRANT UPDATE ON asset, asset_identifier, asset_software TO vigie_api;
GRANT UPDATE (undone_at) ON asset_merge TO vigie_api;
GRANT DELETE ON asset_shared, asset_pair TO vigie_api;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA vigie TO vigie_api;
`;
