/** Mails of a flood wait together, and come as one. */
export const sql = `
-- Waits to go into a digest, from not_before on.
ALTER TABLE outbox ADD COLUMN held boolean NOT NULL DEFAULT false;
-- Id of the mail that it came in; what becomes of that becomes of it.
ALTER TABLE outbox ADD COLUMN digest text;
CREATE INDEX outbox_to ON outbox (lower(recipient), created_at);
CREATE INDEX outbox_digest ON outbox (digest) WHERE digest IS NOT NULL;

CREATE FUNCTION held_follow_digest() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = vigie, pg_temp AS $$
BEGIN
  UPDATE outbox SET state = NEW.state, sent_at = NEW.sent_at, last_error = NEW.last_error WHERE digest = NEW.id;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION held_follow_digest() FROM PUBLIC;
CREATE TRIGGER held_follow_digest AFTER UPDATE OF state ON outbox FOR EACH ROW
  WHEN (NEW.kind = 'digest' AND NEW.state IN ('sent', 'dead') AND OLD.state <> NEW.state)
  EXECUTE FUNCTION held_follow_digest();
`;
