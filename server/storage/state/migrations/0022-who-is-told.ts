/**
 * Contacts say what they are there for and which languages they read; steps of procedures keep who was told, how and
 * when; a logo may be a JPEG; people have a language of their own;
 * a site may have business hours, and clocks may count in them.
 */
export const sql = `
UPDATE tenant SET contacts = (
  SELECT coalesce(jsonb_agg('{"functions": [], "languages": []}'::jsonb || contact ORDER BY place), '[]')
  FROM jsonb_array_elements(contacts) WITH ORDINALITY AS of (contact, place)
);

CREATE TABLE step_telling (
  tenant text NOT NULL,
  id text NOT NULL,
  incident_id integer NOT NULL,
  procedure_id text NOT NULL,
  step_id text NOT NULL,
  at double precision NOT NULL,
  actor text NOT NULL,
  how text NOT NULL CHECK (how IN ('mail', 'phone')),
  name text NOT NULL,
  address text NOT NULL,
  subject text,
  text text NOT NULL,
  -- Of somebody of the provider: not for the client's people.
  internal boolean NOT NULL,
  -- Id in the outbox, whose rows may go; what became of the mail stays here.
  mail text UNIQUE,
  waits_until double precision,
  state text NOT NULL CHECK (state IN ('noted', 'waiting', 'sent', 'failed')),
  sent_at double precision,
  PRIMARY KEY (tenant, id),
  CHECK ((how = 'phone') = (state = 'noted')),
  FOREIGN KEY (tenant, incident_id, procedure_id)
    REFERENCES incident_procedure (tenant, incident_id, procedure_id) ON DELETE CASCADE
);
CREATE INDEX step_telling_of ON step_telling (tenant, incident_id, procedure_id, at);
ALTER TABLE step_telling ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON step_telling TO vigie_api
  USING (current_setting('vigie.tenants', true) = '*'
    OR tenant = ANY (string_to_array(current_setting('vigie.tenants', true), ',')));
CREATE POLICY by_side ON step_telling AS RESTRICTIVE TO vigie_api
  USING (NOT internal OR current_setting('vigie.side', true) = 'provider');
GRANT SELECT ON step_telling TO vigie_api;

CREATE FUNCTION telling_follows_mail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = vigie, pg_temp AS $$
BEGIN
  UPDATE step_telling SET sent_at = NEW.sent_at,
    state = CASE NEW.state WHEN 'sent' THEN 'sent' WHEN 'dead' THEN 'failed' ELSE 'waiting' END
  WHERE mail = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER telling_follows_mail AFTER UPDATE OF state ON outbox FOR EACH ROW
  WHEN (NEW.state <> OLD.state AND NEW.kind LIKE 'tell%') EXECUTE FUNCTION telling_follows_mail();

-- A person of the client who was told by a step was told.
DROP TRIGGER outbox_feeds_clocks ON outbox;
CREATE TRIGGER outbox_feeds_clocks AFTER UPDATE OF state ON outbox
  FOR EACH ROW WHEN (NEW.state = 'sent' AND OLD.state <> 'sent' AND NEW.kind IN ('incident', 'tell')
    AND NEW.incident_id IS NOT NULL)
  EXECUTE FUNCTION feed_clocks();

ALTER TABLE branding DROP CONSTRAINT branding_logo_type_check;
ALTER TABLE branding ADD CONSTRAINT branding_logo_type_check
  CHECK (logo_type IN ('image/png', 'image/jpeg', 'image/svg+xml'));

-- Null: the tenant's.
ALTER TABLE site ADD COLUMN business_hours jsonb;
-- Site whose zone and hours count, settled when the clock starts; null, or gone since: the tenant's.
ALTER TABLE clock ADD COLUMN site text;

-- Null: nothing was chosen.
ALTER TABLE account ADD COLUMN language text CHECK (language IN ('en', 'fr', 'it', 'nl', 'de'));
`;
