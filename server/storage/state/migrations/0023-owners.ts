/**
 * Who owns an incident may see its tenant: said once here, so that it holds for whatever writes an owner. Who may not
 * see a tenant any more gives its open incidents back.
 */
export const sql = `
-- Whether somebody with an account may see a tenant. The API's role reads no more of accounts than their names.
CREATE FUNCTION account_sees(account_id text, of_tenant text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = vigie, pg_temp AS $$
  SELECT EXISTS (SELECT FROM account
    WHERE id = account_id AND active AND (tenants IS NULL OR of_tenant = ANY (tenants)));
$$;
REVOKE ALL ON FUNCTION account_sees(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION account_sees(text, text) TO vigie_api, vigie_pipeline;

CREATE FUNCTION incident_owner_sees() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = vigie, pg_temp AS $$
BEGIN
  IF NOT account_sees(NEW.owner_id, NEW.tenant) THEN
    RAISE EXCEPTION 'the owner of an incident of % may not see that tenant', NEW.tenant
      USING ERRCODE = 'check_violation', CONSTRAINT = 'incident_owner_sees';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION incident_owner_sees() FROM PUBLIC;
CREATE TRIGGER incident_owner_given BEFORE INSERT ON incident FOR EACH ROW
  WHEN (NEW.owner_id IS NOT NULL) EXECUTE FUNCTION incident_owner_sees();
CREATE TRIGGER incident_owner_changed BEFORE UPDATE OF owner_id, tenant ON incident FOR EACH ROW
  WHEN (NEW.owner_id IS NOT NULL
    AND (NEW.owner_id, NEW.tenant) IS DISTINCT FROM (OLD.owner_id, OLD.tenant))
  EXECUTE FUNCTION incident_owner_sees();

CREATE FUNCTION account_gives_back() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = vigie, pg_temp AS $$
BEGIN
  WITH given AS (
    UPDATE incident SET owner_id = NULL
    WHERE owner_id = NEW.id AND status <> 'closed' AND NOT account_sees(NEW.id, tenant)
    RETURNING tenant, id
  )
  INSERT INTO incident_log (tenant, incident_id, at, kind, text, actor, internal)
  SELECT tenant, id, extract(epoch FROM clock_timestamp()) * 1000, 'status', 'Owner: nobody', NULL, false FROM given;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION account_gives_back() FROM PUBLIC;
CREATE TRIGGER account_gives_back AFTER UPDATE OF tenants, active ON account FOR EACH ROW
  WHEN ((OLD.tenants, OLD.active) IS DISTINCT FROM (NEW.tenants, NEW.active))
  EXECUTE FUNCTION account_gives_back();
`;
