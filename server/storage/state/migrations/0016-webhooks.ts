/**
 * Webhooks: who is told of incidents by HTTP, and what is to be delivered. And the answers of calls that were given
 * a key, so that a program can repeat a call without doing it twice.
 */
export const sql = `
CREATE TABLE webhook (
  tenant text NOT NULL REFERENCES tenant ON DELETE CASCADE,
  id text NOT NULL,
  name text NOT NULL,
  url text NOT NULL,
  kinds text[] NOT NULL CHECK (kinds <> '{}'),
  enabled boolean NOT NULL DEFAULT true,
  -- Why Vigie itself switched it off.
  stopped text,
  -- Encrypted with the installation's key.
  secret text NOT NULL,
  created_at double precision NOT NULL,
  created_by text NOT NULL,
  PRIMARY KEY (tenant, id)
);
CREATE TABLE webhook_delivery (
  tenant text NOT NULL,
  id text NOT NULL,
  webhook_id text NOT NULL,
  kind text NOT NULL,
  incident_id integer,
  -- Written at the first attempt; the same in every later one.
  body text,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sending', 'sent', 'dead')),
  attempts integer NOT NULL DEFAULT 0,
  not_before double precision NOT NULL,
  lease_until double precision,
  created_at double precision NOT NULL,
  sent_at double precision,
  status integer,
  last_error text,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, webhook_id) REFERENCES webhook (tenant, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE INDEX webhook_delivery_due ON webhook_delivery (not_before) WHERE state IN ('pending', 'sending');
CREATE INDEX webhook_delivery_of ON webhook_delivery (tenant, webhook_id, created_at DESC);
-- What changes again before it was told is told once.
CREATE UNIQUE INDEX webhook_delivery_waiting ON webhook_delivery (tenant, webhook_id, incident_id, kind)
  WHERE state = 'pending' AND attempts = 0 AND body IS NULL;

-- Whatever changes an incident, triage or a person, the notice is written in the same transaction.
CREATE FUNCTION webhook_notice() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = vigie AS $$
DECLARE
  at double precision := floor(extract(epoch FROM clock_timestamp()) * 1000);
  what text;
BEGIN
  IF TG_OP = 'INSERT' THEN what := 'incident.opened';
  ELSIF NEW.status = 'closed' AND OLD.status <> 'closed' THEN what := 'incident.closed';
  ELSE what := 'incident.changed';
  END IF;
  INSERT INTO webhook_delivery (tenant, id, webhook_id, kind, incident_id, not_before, created_at)
    SELECT w.tenant, 'msg_' || replace(gen_random_uuid()::text, '-', ''), w.id, what, NEW.id,
      -- Evidence comes in bursts: a change is told when it has had some seconds to be followed by others.
      CASE what WHEN 'incident.changed' THEN at + 5000 ELSE at END, at
    FROM webhook w WHERE w.tenant = NEW.tenant AND w.enabled AND what = ANY (w.kinds)
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER webhook_opened AFTER INSERT ON incident FOR EACH ROW EXECUTE FUNCTION webhook_notice();
CREATE TRIGGER webhook_changed AFTER UPDATE ON incident FOR EACH ROW
  WHEN ((OLD.status, OLD.level, OLD.title, OLD.verdict, OLD.owner_id, OLD.alert_count)
    IS DISTINCT FROM (NEW.status, NEW.level, NEW.title, NEW.verdict, NEW.owner_id, NEW.alert_count))
  EXECUTE FUNCTION webhook_notice();

CREATE TABLE repeatable_call (
  -- Kind and id of the account or key.
  caller text NOT NULL,
  key text NOT NULL,
  -- SHA-256 of method, address and body.
  request text NOT NULL,
  -- Null: under way, or its process ended in the middle.
  status integer,
  -- Encrypted: an answer may hold a secret that is shown once.
  answer text,
  created_at double precision NOT NULL,
  PRIMARY KEY (caller, key)
);
CREATE INDEX repeatable_call_age ON repeatable_call (created_at);

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['webhook', 'webhook_delivery'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY by_tenant ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'' OR tenant = ANY (string_to_array(current_setting(''vigie.tenants'', true), '','')))', t);
  END LOOP;
END $$;
GRANT SELECT, INSERT, DELETE ON webhook TO vigie_api;
GRANT UPDATE (name, url, kinds, enabled, stopped, secret) ON webhook TO vigie_api;
GRANT SELECT, INSERT ON webhook_delivery TO vigie_api;
GRANT UPDATE (state, attempts, not_before, lease_until, last_error, created_at) ON webhook_delivery TO vigie_api;
`;
