/** The demo has clocks, too: who tries Vigie sees them run. Nobody is called for them. */
export const sql = `
CREATE OR REPLACE FUNCTION feed_clocks() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = vigie, pg_temp AS $$
DECLARE
  -- The keeper may wait between two statements of one change: the wall clock, not the transaction's begin.
  moment double precision := extract(epoch FROM clock_timestamp()) * 1000;
BEGIN
  IF TG_TABLE_NAME = 'outbox' THEN
    INSERT INTO clock_feed (tenant, incident_id, at, what, value)
      SELECT i.tenant, i.id, coalesce(NEW.sent_at, moment), 'told', '' FROM incident i
      WHERE i.tenant = NEW.tenant AND i.id = NEW.incident_id;
    RETURN NULL;
  END IF;
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
`;
