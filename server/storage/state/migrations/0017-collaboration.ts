/**
 * Working together with the client: conversation, files, questions and decisions, news in the console, and
 * campaigns over several clients.
 *
 * Row-level security knows, beside the tenants, on which side the reader stands (`vigie.side`): what is
 * `internal` is shown to `provider` only, and to nobody where the side was not said.
 */
export const sql = `
CREATE TABLE incident_comment (
  tenant text NOT NULL,
  id text NOT NULL,
  incident_id integer NOT NULL,
  audience text NOT NULL CHECK (audience IN ('internal', 'client')),
  body text NOT NULL,
  author_id text NOT NULL,
  author_name text NOT NULL,
  author_side text NOT NULL CHECK (author_side IN ('provider', 'client')),
  mentions jsonb NOT NULL DEFAULT '[]',
  created_at double precision NOT NULL,
  edited_at double precision,
  deleted_at double precision,
  deleted_by text,
  PRIMARY KEY (tenant, id),
  CHECK (author_side <> 'client' OR audience = 'client'),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE INDEX incident_comment_of ON incident_comment (tenant, incident_id, created_at);
CREATE TABLE incident_comment_version (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  comment_id text NOT NULL,
  audience text NOT NULL,
  body text NOT NULL,
  at double precision NOT NULL,
  actor text NOT NULL,
  FOREIGN KEY (tenant, comment_id) REFERENCES incident_comment (tenant, id) ON DELETE CASCADE
);
CREATE INDEX incident_comment_version_of ON incident_comment_version (tenant, comment_id, id);
CREATE TABLE attachment (
  tenant text NOT NULL,
  id text NOT NULL,
  incident_id integer NOT NULL,
  audience text NOT NULL CHECK (audience IN ('internal', 'client')),
  name text NOT NULL,
  file text NOT NULL CHECK (file ~ '^[0-9a-f]{32}$'),
  size bigint NOT NULL,
  sha256 text NOT NULL,
  type text NOT NULL,
  author_id text NOT NULL,
  author_name text NOT NULL,
  author_side text NOT NULL CHECK (author_side IN ('provider', 'client')),
  created_at double precision NOT NULL,
  scan_state text NOT NULL CHECK (scan_state IN ('pending', 'clean', 'infected', 'unscanned', 'failed')),
  scan_detail text NOT NULL DEFAULT '',
  scanned_at double precision,
  deleted_at double precision,
  deleted_by text,
  PRIMARY KEY (tenant, id),
  CHECK (author_side <> 'client' OR audience = 'client'),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE INDEX attachment_of ON attachment (tenant, incident_id, created_at);
CREATE INDEX attachment_to_scan ON attachment (created_at) WHERE scan_state IN ('pending', 'failed');
CREATE TABLE client_request (
  tenant text NOT NULL,
  id text NOT NULL,
  incident_id integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('question', 'decision')),
  title text,
  text text NOT NULL,
  choices text[] NOT NULL DEFAULT '{}',
  risk text CHECK (risk IN ('low', 'medium', 'high')),
  approver_role text CHECK (approver_role IN ('client-administrator', 'client-responder')),
  needed integer NOT NULL CHECK (needed BETWEEN 1 AND 2),
  action jsonb,
  state text NOT NULL DEFAULT 'open'
    CHECK (state IN ('open', 'answered', 'approved', 'refused', 'withdrawn', 'expired')),
  asked_by_id text NOT NULL,
  asked_by text NOT NULL,
  asked_at double precision NOT NULL,
  due_at double precision NOT NULL CHECK (due_at > asked_at),
  closed_at double precision,
  pauses boolean NOT NULL,
  overdue_told_at double precision,
  PRIMARY KEY (tenant, id),
  CHECK ((state = 'open') = (closed_at IS NULL)),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE INDEX client_request_of ON client_request (tenant, incident_id, asked_at);
CREATE INDEX client_request_open ON client_request (due_at) WHERE state = 'open';
CREATE TABLE client_request_recipient (
  tenant text NOT NULL,
  request_id text NOT NULL,
  id text NOT NULL,
  name text NOT NULL,
  email text NOT NULL,
  expires_at double precision NOT NULL,
  sent_at double precision,
  reminded_at double precision,
  revoked_at double precision,
  used_at double precision,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, request_id, email),
  FOREIGN KEY (tenant, request_id) REFERENCES client_request (tenant, id) ON DELETE CASCADE
);
CREATE TABLE client_request_link (
  token_hash bytea PRIMARY KEY,
  tenant text NOT NULL,
  recipient_id text NOT NULL,
  created_at double precision NOT NULL,
  FOREIGN KEY (tenant, recipient_id) REFERENCES client_request_recipient (tenant, id) ON DELETE CASCADE
);
CREATE INDEX client_request_link_of ON client_request_link (tenant, recipient_id);
CREATE TABLE client_request_answer (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  request_id text NOT NULL,
  person text NOT NULL CHECK (person = lower(person)),
  name text NOT NULL,
  how text NOT NULL CHECK (how IN ('link', 'session')),
  email text NOT NULL,
  verdict text CHECK (verdict IN ('approve', 'refuse')),
  choice text,
  text text NOT NULL,
  at double precision NOT NULL,
  UNIQUE (tenant, request_id, person),
  FOREIGN KEY (tenant, request_id) REFERENCES client_request (tenant, id) ON DELETE CASCADE
);
CREATE TABLE notice (
  tenant text NOT NULL REFERENCES tenant ON DELETE CASCADE,
  id text NOT NULL,
  account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
  incident_id integer NOT NULL,
  kind text NOT NULL,
  actor text NOT NULL,
  excerpt text NOT NULL,
  at double precision NOT NULL,
  read_at double precision,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE INDEX notice_of ON notice (account_id, at DESC);
CREATE TABLE campaign (
  id text PRIMARY KEY,
  name text NOT NULL,
  note text NOT NULL DEFAULT '',
  created_by text NOT NULL,
  created_at double precision NOT NULL,
  closed_at double precision
);
CREATE TABLE campaign_incident (
  tenant text NOT NULL,
  campaign_id text NOT NULL REFERENCES campaign ON DELETE CASCADE,
  incident_id integer NOT NULL,
  added_by text NOT NULL,
  added_at double precision NOT NULL,
  PRIMARY KEY (tenant, campaign_id, incident_id),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE INDEX campaign_incident_of ON campaign_incident (tenant, incident_id);
ALTER TABLE incident_log ADD COLUMN internal boolean NOT NULL DEFAULT false;
-- What is said is news of its incident; what the provider says to itself is no news to the client.
ALTER TABLE incident ADD COLUMN internal_changed_at double precision NOT NULL DEFAULT 0;
CREATE FUNCTION conversation_news() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = vigie, pg_temp AS $$
BEGIN
  IF NEW.audience = 'internal' THEN
    UPDATE incident SET internal_changed_at = greatest(internal_changed_at, NEW.created_at)
    WHERE tenant = NEW.tenant AND id = NEW.incident_id;
  ELSE
    UPDATE incident SET changed_at = greatest(changed_at, NEW.created_at)
    WHERE tenant = NEW.tenant AND id = NEW.incident_id;
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION comment_news() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = vigie, pg_temp AS $$
BEGIN
  IF NEW.internal THEN
    UPDATE incident SET internal_changed_at = greatest(internal_changed_at, NEW.at)
    WHERE tenant = NEW.tenant AND id = NEW.incident_id;
  ELSE
    UPDATE incident SET changed_at = greatest(changed_at, NEW.at)
    WHERE tenant = NEW.tenant AND id = NEW.incident_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER conversation_news AFTER INSERT ON incident_comment
  FOR EACH ROW EXECUTE FUNCTION conversation_news();
CREATE TRIGGER conversation_news AFTER INSERT ON attachment
  FOR EACH ROW EXECUTE FUNCTION conversation_news();

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['incident_comment', 'incident_comment_version', 'attachment', 'client_request',
      'client_request_recipient', 'client_request_link', 'client_request_answer', 'notice'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY by_tenant ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'' OR tenant = ANY (string_to_array(current_setting(''vigie.tenants'', true), '','')))', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['incident_comment', 'incident_comment_version', 'attachment'] LOOP
    EXECUTE format('CREATE POLICY by_side ON %I AS RESTRICTIVE TO vigie_api USING (audience = ''client'' OR current_setting(''vigie.side'', true) = ''provider'')', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['campaign', 'campaign_incident'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY of_the_provider ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'')', t);
  END LOOP;
END $$;
-- Notes of the provider's people. Whoever sees every tenant is one of them.
CREATE POLICY by_side ON incident_log AS RESTRICTIVE TO vigie_api
  USING (NOT internal OR current_setting('vigie.tenants', true) = '*'
    OR current_setting('vigie.side', true) = 'provider');
GRANT SELECT, INSERT ON incident_comment, incident_comment_version, attachment, client_request,
  client_request_recipient, client_request_answer, notice TO vigie_api;
GRANT UPDATE (body, mentions, edited_at, deleted_at, deleted_by) ON incident_comment TO vigie_api;
GRANT UPDATE (deleted_at, deleted_by) ON attachment TO vigie_api;
GRANT UPDATE (state, closed_at) ON client_request TO vigie_api;
GRANT UPDATE (revoked_at) ON client_request_recipient TO vigie_api;
GRANT UPDATE (read_at) ON notice TO vigie_api;
GRANT SELECT, INSERT ON campaign TO vigie_api;
GRANT UPDATE (name, note, closed_at) ON campaign TO vigie_api;
GRANT SELECT, INSERT, DELETE ON campaign_incident TO vigie_api;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA vigie TO vigie_api;
`;
