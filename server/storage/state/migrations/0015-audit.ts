/**
 * The audit log: a chain of records, personal data beside it that can be erased without breaking it, and notes of
 * what is to be linked. Records have no reference to tenants and accounts: they outlive both.
 */
export const sql = `
CREATE TABLE audit_record (
  seq bigint PRIMARY KEY CHECK (seq > 0),
  at double precision NOT NULL,
  -- Null: the installation as a whole.
  tenant text,
  actor_kind text NOT NULL,
  actor_id text,
  action text NOT NULL,
  object_kind text,
  object_id text,
  outcome text NOT NULL CHECK (outcome IN ('done', 'refused', 'invalid', 'failed', 'unknown')),
  status integer,
  actor_commitment text,
  subject_commitment text,
  erased_actor bigint[],
  erased_subject bigint[],
  prev text NOT NULL,
  hash text NOT NULL
);
CREATE INDEX audit_record_tenant ON audit_record (tenant, seq DESC);
CREATE INDEX audit_record_at ON audit_record (at);
CREATE INDEX audit_record_action ON audit_record (action, seq DESC);
CREATE INDEX audit_record_object ON audit_record (object_kind, object_id, seq DESC);
CREATE TABLE audit_personal (
  seq bigint NOT NULL REFERENCES audit_record,
  part text NOT NULL CHECK (part IN ('actor', 'subject')),
  tenant text,
  salt text NOT NULL,
  -- Canonical JSON, as it was committed to.
  data text NOT NULL,
  PRIMARY KEY (seq, part)
);
CREATE TABLE audit_queue (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- begun: under way; done: to be linked.
  state text NOT NULL CHECK (state IN ('begun', 'done')),
  tenant text,
  entry jsonb NOT NULL
);
CREATE INDEX audit_queue_done ON audit_queue (id) WHERE state = 'done';
CREATE TABLE audit_anchor (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at double precision NOT NULL,
  seq bigint NOT NULL,
  hash text NOT NULL,
  target text NOT NULL,
  problem text
);
CREATE TABLE audit_check (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at double precision NOT NULL,
  took_ms double precision NOT NULL,
  ok boolean NOT NULL,
  records bigint NOT NULL,
  anchors integer NOT NULL,
  problems jsonb NOT NULL
);

-- Rights already say that records are never changed. This holds for the owner of the tables as well, so that no
-- statement of ours can do it by mistake.
CREATE FUNCTION audit_record_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'records of the audit log are never changed';
END $$;
CREATE TRIGGER audit_record_fixed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_record
  FOR EACH STATEMENT EXECUTE FUNCTION audit_record_is_fixed();
CREATE TRIGGER audit_personal_fixed BEFORE UPDATE ON audit_personal
  FOR EACH STATEMENT EXECUTE FUNCTION audit_record_is_fixed();

-- What Vigie does by itself is noted in the transaction that does it, whichever part that is.
CREATE FUNCTION audit_mail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = vigie AS $$
BEGIN
  INSERT INTO audit_queue (state, tenant, entry) VALUES ('done', NEW.tenant, jsonb_build_object(
    'at', floor(extract(epoch FROM clock_timestamp()) * 1000), 'tenant', NEW.tenant,
    'actor', jsonb_build_object('kind', 'automation', 'id', 'mail'),
    'action', CASE NEW.state WHEN 'sent' THEN 'mail.send' ELSE 'mail.give-up' END,
    'object', jsonb_build_object('kind', 'mail', 'id', NEW.id),
    'outcome', CASE NEW.state WHEN 'sent' THEN 'done' ELSE 'failed' END, 'status', NULL,
    'about', jsonb_build_object('label', NEW.recipient, 'text', NEW.subject)));
  RETURN NULL;
END $$;
CREATE TRIGGER audit_mail AFTER UPDATE OF state ON outbox FOR EACH ROW
  WHEN (NEW.state IN ('sent', 'dead') AND OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION audit_mail();
CREATE FUNCTION audit_merge() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = vigie AS $$
BEGIN
  INSERT INTO audit_queue (state, tenant, entry) VALUES ('done', NEW.tenant, jsonb_build_object(
    'at', floor(extract(epoch FROM clock_timestamp()) * 1000), 'tenant', NEW.tenant,
    'actor', jsonb_build_object('kind', 'automation', 'id', 'triage'),
    'action', 'incidents.merge', 'object', jsonb_build_object('kind', 'incident', 'id', NEW.kept::text),
    'outcome', 'done', 'status', NULL,
    'about', jsonb_build_object('changes', jsonb_build_object('incidents',
      jsonb_build_object('after', jsonb_build_array(NEW.gone))))));
  RETURN NULL;
END $$;
CREATE TRIGGER audit_merge AFTER INSERT ON incident_merge FOR EACH ROW
  WHEN (NEW.actor IS NULL) EXECUTE FUNCTION audit_merge();

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['audit_record', 'audit_personal', 'audit_queue'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY by_tenant ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'' OR tenant = ANY (string_to_array(current_setting(''vigie.tenants'', true), '','')))', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON audit_record, audit_personal TO vigie_api;
GRANT SELECT, INSERT, DELETE ON audit_queue TO vigie_api;
GRANT USAGE ON SEQUENCE audit_queue_id_seq TO vigie_api;
`;
