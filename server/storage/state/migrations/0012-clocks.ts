/**
 * Clients' profiles and sites, the provider's branding, clocks of contracts and of the law, who is on call and who
 * was called. What moves the clocks is written down by triggers, in the transaction of the change itself, so that
 * no writer of incidents has to know of clocks and none can forget them.
 */
export const sql = `
ALTER TABLE incident DROP CONSTRAINT incident_status_check;
ALTER TABLE incident ADD CONSTRAINT incident_status_check
  CHECK (status IN ('new', 'in-progress', 'waiting-for-client', 'contained', 'closed'));

CREATE TABLE tenant_profile (
  tenant text PRIMARY KEY REFERENCES tenant ON DELETE CASCADE,
  profile jsonb NOT NULL
);
CREATE TABLE site (
  tenant text NOT NULL REFERENCES tenant ON DELETE CASCADE,
  id text NOT NULL,
  name text NOT NULL,
  address text NOT NULL,
  time_zone text,
  watched_since text,
  PRIMARY KEY (tenant, id)
);
CREATE TABLE site_member (
  tenant text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('source', 'host', 'user')),
  name text NOT NULL,
  site text NOT NULL,
  PRIMARY KEY (tenant, kind, name),
  FOREIGN KEY (tenant, site) REFERENCES site (tenant, id) ON DELETE CASCADE
);
-- One row: the provider's own.
CREATE TABLE branding (
  id integer PRIMARY KEY CHECK (id = 1),
  setup jsonb NOT NULL,
  logo bytea,
  logo_type text CHECK (logo_type IN ('image/png', 'image/svg+xml')),
  logo_at double precision
);

-- What happened to incidents and still has to reach their clocks.
CREATE TABLE clock_feed (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  incident_id integer NOT NULL,
  at double precision NOT NULL,
  what text NOT NULL CHECK (what IN ('opened', 'status', 'owner', 'level', 'told')),
  value text NOT NULL,
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE TABLE clock (
  tenant text NOT NULL,
  incident_id integer NOT NULL,
  kind text NOT NULL,
  basis text NOT NULL,
  started_at double precision NOT NULL,
  -- Deadlines that were promised, each {level, from, ms, hours}; the one that ends first counts.
  targets jsonb NOT NULL,
  pauses jsonb NOT NULL,
  stopped_at double precision,
  breached_at double precision,
  cancelled_at double precision,
  due_at double precision,
  warn_at double precision[] NOT NULL,
  warned double precision[] NOT NULL DEFAULT '{}',
  -- When something has to be done next; null: nothing. This is the table of what is due.
  next_at double precision,
  PRIMARY KEY (tenant, incident_id, kind),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE INDEX clock_next ON clock (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX clock_due ON clock (due_at) WHERE stopped_at IS NULL AND cancelled_at IS NULL;
CREATE INDEX clock_started ON clock (started_at);
CREATE TABLE clock_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  incident_id integer NOT NULL,
  kind text NOT NULL,
  at double precision NOT NULL,
  event text NOT NULL,
  text text NOT NULL,
  -- Set for what may happen once only.
  once text,
  UNIQUE (tenant, incident_id, kind, once),
  FOREIGN KEY (tenant, incident_id, kind) REFERENCES clock (tenant, incident_id, kind) ON DELETE CASCADE
);
CREATE TABLE clock_call (
  tenant text NOT NULL,
  id text NOT NULL,
  incident_id integer NOT NULL,
  kind text NOT NULL,
  reason text NOT NULL CHECK (reason IN ('warning', 'breach')),
  share double precision,
  step integer NOT NULL,
  told text[] NOT NULL,
  at double precision NOT NULL,
  next_at double precision,
  acknowledged_at double precision,
  acknowledged_by text,
  PRIMARY KEY (tenant, id),
  UNIQUE (id),
  FOREIGN KEY (tenant, incident_id, kind) REFERENCES clock (tenant, incident_id, kind) ON DELETE CASCADE
);
CREATE INDEX clock_call_next ON clock_call (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX clock_call_of ON clock_call (tenant, incident_id);

CREATE TABLE rota (id text PRIMARY KEY, setup jsonb NOT NULL);
CREATE TABLE rota_override (
  id text PRIMARY KEY,
  rota text NOT NULL REFERENCES rota ON DELETE CASCADE,
  from_at double precision NOT NULL,
  to_at double precision NOT NULL CHECK (to_at > from_at),
  member jsonb NOT NULL,
  kind text NOT NULL,
  note text NOT NULL,
  actor text NOT NULL,
  at double precision NOT NULL
);
CREATE INDEX rota_override_of ON rota_override (rota, to_at);
CREATE TABLE rota_note (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rota text NOT NULL REFERENCES rota ON DELETE CASCADE,
  at double precision NOT NULL,
  actor text NOT NULL,
  text text NOT NULL
);
CREATE INDEX rota_note_of ON rota_note (rota, at DESC);

CREATE TABLE incident_regime (
  tenant text NOT NULL,
  incident_id integer NOT NULL,
  regime text NOT NULL,
  at double precision NOT NULL,
  aware_at double precision NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL CHECK (reason <> ''),
  PRIMARY KEY (tenant, incident_id, regime),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE TABLE regime_step (
  tenant text NOT NULL,
  incident_id integer NOT NULL,
  regime text NOT NULL,
  step text NOT NULL,
  at double precision NOT NULL,
  actor text NOT NULL,
  note text NOT NULL,
  PRIMARY KEY (tenant, incident_id, regime, step),
  FOREIGN KEY (tenant, incident_id, regime) REFERENCES incident_regime ON DELETE CASCADE
);
-- Every kept version of a report; the newest counts.
CREATE TABLE regime_report (
  tenant text NOT NULL,
  incident_id integer NOT NULL,
  regime text NOT NULL,
  step text NOT NULL,
  language text NOT NULL,
  revision integer NOT NULL,
  at double precision NOT NULL,
  actor text NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (tenant, incident_id, regime, step, language, revision),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);

CREATE FUNCTION feed_clocks() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = vigie, pg_temp AS $$
DECLARE
  -- The keeper may wait between two statements of one change: the wall clock, not the transaction's begin.
  moment double precision := extract(epoch FROM clock_timestamp()) * 1000;
BEGIN
  IF TG_TABLE_NAME = 'outbox' THEN
    INSERT INTO clock_feed (tenant, incident_id, at, what, value)
      SELECT i.tenant, i.id, coalesce(NEW.sent_at, moment), 'told', '' FROM incident i
      WHERE i.tenant = NEW.tenant AND i.id = NEW.incident_id AND NOT i.demo;
    RETURN NULL;
  END IF;
  IF NEW.demo THEN RETURN NULL; END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO clock_feed (tenant, incident_id, at, what, value) VALUES
      (NEW.tenant, NEW.id, NEW.created_at, 'opened', NEW.level);
    RETURN NULL;
  END IF;
  IF NEW.level IS DISTINCT FROM OLD.level THEN
    INSERT INTO clock_feed (tenant, incident_id, at, what, value) VALUES (NEW.tenant, NEW.id, moment, 'level', NEW.level);
  END IF;
  IF NEW.owner_id IS DISTINCT FROM OLD.owner_id AND NEW.owner_id IS NOT NULL THEN
    INSERT INTO clock_feed (tenant, incident_id, at, what, value) VALUES (NEW.tenant, NEW.id, moment, 'owner', NEW.owner_id);
  END IF;
  IF NEW.status IS DISTINCT FROM OLD.status THEN
    INSERT INTO clock_feed (tenant, incident_id, at, what, value) VALUES (NEW.tenant, NEW.id, moment, 'status',
      CASE WHEN NEW.merged_into IS NOT NULL THEN 'merged' ELSE NEW.status END);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER incident_feeds_clocks AFTER INSERT OR UPDATE OF status, level, owner_id ON incident
  FOR EACH ROW EXECUTE FUNCTION feed_clocks();
CREATE TRIGGER outbox_feeds_clocks AFTER UPDATE OF state ON outbox
  FOR EACH ROW WHEN (NEW.state = 'sent' AND OLD.state <> 'sent' AND NEW.kind = 'incident' AND NEW.incident_id IS NOT NULL)
  EXECUTE FUNCTION feed_clocks();

-- A breach is never taken back, whatever a later release does wrong.
CREATE FUNCTION keep_breach() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a breach is never taken back';
END $$;
CREATE TRIGGER clock_keeps_breach BEFORE UPDATE ON clock FOR EACH ROW
  WHEN (OLD.breached_at IS NOT NULL AND NEW.breached_at IS DISTINCT FROM OLD.breached_at)
  EXECUTE FUNCTION keep_breach();

-- When the next clock of an incident runs out, and the worst state among them.
CREATE VIEW incident_due WITH (security_invoker = true) AS
  SELECT tenant, incident_id,
    min(due_at) FILTER (WHERE stopped_at IS NULL AND cancelled_at IS NULL) AS due_at,
    CASE
      WHEN bool_or(breached_at IS NOT NULL) THEN 'breached'
      WHEN bool_or(stopped_at IS NULL AND due_at IS NOT NULL AND cardinality(warned) > 0) THEN 'warned'
      WHEN bool_or(stopped_at IS NULL AND due_at IS NOT NULL) THEN 'running'
      WHEN bool_or(stopped_at IS NULL) THEN 'paused'
      ELSE 'met'
    END AS clock_state
  FROM clock WHERE cancelled_at IS NULL GROUP BY tenant, incident_id;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['tenant_profile', 'site', 'site_member', 'clock_feed', 'clock', 'clock_event', 'clock_call',
      'incident_regime', 'regime_step', 'regime_report'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY by_tenant ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'' OR tenant = ANY (string_to_array(current_setting(''vigie.tenants'', true), '','')))', t);
  END LOOP;
  -- The provider's own: nobody confined to some tenants sees them.
  FOREACH t IN ARRAY ARRAY['branding', 'rota', 'rota_override', 'rota_note'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY of_provider ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'')', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT, UPDATE ON tenant_profile TO vigie_api;
GRANT SELECT, INSERT, DELETE ON site, site_member TO vigie_api;
GRANT SELECT ON clock, clock_event, clock_call, incident_due TO vigie_api;
GRANT UPDATE (acknowledged_at, acknowledged_by, next_at) ON clock_call TO vigie_api;
GRANT INSERT ON clock_feed TO vigie_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON rota TO vigie_api;
GRANT SELECT, INSERT, DELETE ON rota_override TO vigie_api;
GRANT SELECT, INSERT ON rota_note TO vigie_api;
GRANT SELECT ON incident_regime, regime_step TO vigie_api;
GRANT SELECT, INSERT ON regime_report TO vigie_api;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA vigie TO vigie_api;
`;
