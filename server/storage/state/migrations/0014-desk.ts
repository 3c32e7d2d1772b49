/**
 * The analysts' desk: how urgent an incident is, who looked at it when, verdicts with their history, what rules were
 * worth, and the ranking that learns from it.
 *
 * Urgency is a column that a trigger keeps, so that every way of changing an incident keeps it and the queue is read
 * from an index: severity × criticality × confidence × age against the clock. Age counts in steps (half of the time
 * gone, three quarters, all of it), so an incident is written again three times in its life and the queue stands
 * still in between. `docs/adr/0021-verdicts-and-ranking.md` says why.
 */
export const sql = `
ALTER TABLE incident
  -- When the next of its clocks runs out, kept by a trigger; null: the clock of its level counts.
  ADD COLUMN due_at double precision,
  -- Probability that it is a true positive, where the ranking is in use.
  ADD COLUMN confidence double precision CHECK (confidence BETWEEN 0 AND 1),
  -- 0 low to 3 critical; written null to have it looked up again.
  ADD COLUMN criticality smallint,
  ADD COLUMN critical_asset text,
  ADD COLUMN urgency double precision NOT NULL DEFAULT 0,
  ADD COLUMN urgency_factors double precision[] NOT NULL DEFAULT '{}',
  ADD COLUMN urgency_due_at double precision NOT NULL DEFAULT 0,
  ADD COLUMN urgency_next_at double precision,
  -- Last change that a person may want to know of.
  ADD COLUMN changed_at double precision NOT NULL DEFAULT 0,
  ADD COLUMN worked_from double precision,
  ADD COLUMN verdict_reason text;
ALTER TABLE alert
  ADD COLUMN verdict text CHECK (verdict IN ('true-positive', 'benign-true-positive', 'false-positive')),
  ADD COLUMN verdict_reason text,
  ADD COLUMN reviewed_at double precision,
  ADD COLUMN reviewed_by text;

-- The most critical thing written down about the entities; a later inventory replaces this function.
CREATE FUNCTION entity_criticality(of_tenant text, entities jsonb, OUT rank smallint, OUT asset text)
LANGUAGE sql STABLE AS $$
  SELECT array_position(ARRAY['low', 'normal', 'high', 'critical'], a.criticality) - 1, a.kind || ':' || a.name
  FROM jsonb_array_elements(entities) e
  JOIN asset a ON a.tenant = of_tenant AND a.kind = e->>'type' AND a.name = lower(e->>'value')
  ORDER BY 1 DESC, 2 LIMIT 1
$$;

CREATE FUNCTION incident_urgency() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  at double precision := extract(epoch FROM clock_timestamp()) * 1000;
  span double precision;
  share double precision;
  found record;
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.changed_at := greatest(NEW.changed_at, NEW.created_at);
  ELSIF (NEW.alert_count, NEW.level_rank, NEW.status, NEW.verdict, NEW.owner_id)
      IS DISTINCT FROM (OLD.alert_count, OLD.level_rank, OLD.status, OLD.verdict, OLD.owner_id) THEN
    NEW.changed_at := greatest(NEW.changed_at, at);
  END IF;
  IF NEW.criticality IS NULL OR TG_OP = 'INSERT' OR NEW.entities IS DISTINCT FROM OLD.entities THEN
    SELECT * INTO found FROM entity_criticality(NEW.tenant, NEW.entities);
    NEW.criticality := coalesce(found.rank, 1);
    NEW.critical_asset := found.asset;
  END IF;
  -- Clock of the level where no contract says otherwise: critical 1 h, high 4 h, medium 1 day, low 3 days, info 7 days.
  span := (ARRAY[168, 72, 24, 4, 1])[NEW.level_rank + 1] * 3600000.0;
  NEW.urgency_due_at := coalesce(NEW.due_at, NEW.created_at + span);
  IF NEW.status = 'closed' THEN
    NEW.urgency := 0;
    NEW.urgency_factors := '{}';
    NEW.urgency_next_at := NULL;
    RETURN NEW;
  END IF;
  span := greatest(NEW.urgency_due_at - NEW.created_at, 1);
  share := (at - NEW.created_at) / span;
  NEW.urgency_factors := ARRAY[
    2.0 ^ NEW.level_rank,
    (ARRAY[0.5, 1, 1.5, 2])[NEW.criticality + 1],
    CASE WHEN NEW.confidence IS NULL THEN 1 ELSE 0.4 + 1.2 * NEW.confidence END,
    CASE WHEN share < 0.5 THEN 1 WHEN share < 0.75 THEN 1.25 WHEN share < 1 THEN 1.5 ELSE 2 END];
  NEW.urgency := NEW.urgency_factors[1] * NEW.urgency_factors[2] * NEW.urgency_factors[3] * NEW.urgency_factors[4];
  NEW.urgency_next_at := NEW.created_at + span
    * CASE WHEN share < 0.5 THEN 0.5 WHEN share < 0.75 THEN 0.75 WHEN share < 1 THEN 1 END;
  RETURN NEW;
END $$;
CREATE TRIGGER incident_urgency BEFORE INSERT OR UPDATE ON incident
  FOR EACH ROW EXECUTE FUNCTION incident_urgency();

-- The queue is read by what is due, so each incident carries it.
CREATE FUNCTION clock_due() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE one clock;
BEGIN
  IF TG_OP = 'DELETE' THEN one := OLD; ELSE one := NEW; END IF;
  UPDATE incident i SET due_at = d.due_at
  FROM (SELECT min(due_at) FILTER (WHERE stopped_at IS NULL AND cancelled_at IS NULL) AS due_at
    FROM clock WHERE tenant = one.tenant AND incident_id = one.incident_id) d
  WHERE i.tenant = one.tenant AND i.id = one.incident_id AND i.due_at IS DISTINCT FROM d.due_at;
  RETURN NULL;
END $$;
CREATE TRIGGER clock_due AFTER INSERT OR DELETE OR UPDATE OF due_at, stopped_at, cancelled_at ON clock
  FOR EACH ROW EXECUTE FUNCTION clock_due();
UPDATE incident i SET due_at = d.due_at FROM incident_due d
  WHERE d.tenant = i.tenant AND d.incident_id = i.id AND d.due_at IS NOT NULL;

-- Open incidents that name an asset follow its criticality.
CREATE FUNCTION asset_urgency() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE one record;
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.criticality = OLD.criticality THEN RETURN NULL; END IF;
  IF TG_OP = 'DELETE' THEN one := OLD; ELSE one := NEW; END IF;
  UPDATE incident i SET criticality = NULL FROM incident_entity e
  WHERE e.tenant = one.tenant AND e.entity = one.kind || ':' || one.name
    AND i.tenant = e.tenant AND i.id = e.incident_id AND i.status <> 'closed';
  RETURN NULL;
END $$;
CREATE TRIGGER asset_urgency AFTER INSERT OR UPDATE OR DELETE ON asset
  FOR EACH ROW EXECUTE FUNCTION asset_urgency();

-- A comment is news of its incident.
CREATE FUNCTION comment_news() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE incident SET changed_at = greatest(changed_at, NEW.at)
  WHERE tenant = NEW.tenant AND id = NEW.incident_id;
  RETURN NULL;
END $$;
CREATE TRIGGER comment_news AFTER INSERT ON incident_log
  FOR EACH ROW WHEN (NEW.kind = 'comment') EXECUTE FUNCTION comment_news();

UPDATE incident SET changed_at = greatest(last_at, created_at), criticality = NULL;

CREATE INDEX incident_urgent ON incident (urgency DESC, id);
CREATE INDEX incident_urgent_tenant ON incident (tenant, urgency DESC, id);
CREATE INDEX incident_severe ON incident (level_rank DESC, last_at DESC, id DESC);
CREATE INDEX incident_recent ON incident (last_at DESC, id DESC);
CREATE INDEX incident_old ON incident (created_at, id);
CREATE INDEX incident_due_order ON incident (coalesce(due_at, 9e15), id);
CREATE INDEX incident_urgency_step ON incident (urgency_next_at) WHERE urgency_next_at IS NOT NULL;
CREATE INDEX incident_names ON incident USING gin (entities jsonb_path_ops);
CREATE INDEX incident_techniques ON incident USING gin (techniques);
CREATE INDEX alert_loose_rare ON alert (rarity DESC, last_at DESC, id DESC) WHERE incident_id IS NULL;
CREATE INDEX alert_loose_rare_tenant ON alert (tenant, rarity DESC, last_at DESC, id DESC)
  WHERE incident_id IS NULL;

-- When a person looked at an incident last, and what there was.
CREATE TABLE incident_seen (
  tenant text NOT NULL,
  incident_id integer NOT NULL,
  account_id text NOT NULL REFERENCES account ON DELETE CASCADE,
  at double precision NOT NULL,
  alert_count integer NOT NULL,
  level_rank integer NOT NULL,
  PRIMARY KEY (tenant, incident_id, account_id),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE INDEX incident_seen_by ON incident_seen (account_id, incident_id);

-- Every verdict ever given; one without a word takes the one before back.
CREATE TABLE verdict (
  tenant text NOT NULL REFERENCES tenant ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  -- Null: on an alert that is in no incident.
  incident_id integer,
  -- Null: on the incident as a whole.
  alert_id text,
  verdict text CHECK (verdict IN ('true-positive', 'benign-true-positive', 'false-positive')),
  reason text,
  note text NOT NULL,
  rules text[] NOT NULL,
  actor_id text NOT NULL,
  -- As it was then.
  actor text NOT NULL,
  side text NOT NULL CHECK (side IN ('provider', 'client')),
  at double precision NOT NULL,
  PRIMARY KEY (tenant, id),
  CHECK (incident_id IS NOT NULL OR alert_id IS NOT NULL),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant, alert_id) REFERENCES alert (tenant, id) ON DELETE CASCADE
);
CREATE INDEX verdict_incident ON verdict (tenant, incident_id, id);
CREATE INDEX verdict_alert ON verdict (tenant, alert_id) WHERE alert_id IS NOT NULL;
CREATE TABLE verdict_reply (
  tenant text NOT NULL,
  id bigint GENERATED ALWAYS AS IDENTITY,
  verdict_id bigint NOT NULL,
  agrees boolean NOT NULL,
  comment text NOT NULL,
  actor_id text NOT NULL,
  actor text NOT NULL,
  at double precision NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, verdict_id) REFERENCES verdict (tenant, id) ON DELETE CASCADE
);
CREATE INDEX verdict_reply_of ON verdict_reply (tenant, verdict_id, id);

-- What each rule of a judged incident turned out to be; made anew with every verdict.
CREATE TABLE rule_outcome (
  tenant text NOT NULL,
  incident_id integer NOT NULL,
  rule_id text NOT NULL,
  verdict text NOT NULL,
  opened_at double precision NOT NULL,
  decided_at double precision NOT NULL,
  -- Share of the minutes of work that fell on it.
  minutes double precision NOT NULL,
  PRIMARY KEY (tenant, incident_id, rule_id),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE INDEX rule_outcome_rule ON rule_outcome (rule_id, decided_at);
CREATE INDEX rule_outcome_when ON rule_outcome (decided_at);

-- Alerts that a person called routine: they open no incident until that ends.
CREATE TABLE alert_routine (
  tenant text NOT NULL REFERENCES tenant ON DELETE CASCADE,
  fold_key text NOT NULL,
  rule_id text NOT NULL,
  title text NOT NULL,
  actor text NOT NULL,
  at double precision NOT NULL,
  expires_at double precision NOT NULL,
  PRIMARY KEY (tenant, fold_key)
);

-- What was changed together and can be taken back for a while.
CREATE TABLE incident_undo (
  tenant text NOT NULL,
  batch text NOT NULL,
  incident_id integer NOT NULL,
  actor_id text NOT NULL,
  at double precision NOT NULL,
  before jsonb NOT NULL,
  after jsonb NOT NULL,
  PRIMARY KEY (tenant, batch, incident_id),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE INDEX incident_undo_old ON incident_undo (at);

-- Filters of the queue under a name. Tenant null: of no tenant in particular.
CREATE TABLE queue_view (
  id text PRIMARY KEY,
  tenant text REFERENCES tenant ON DELETE CASCADE,
  owner_id text NOT NULL REFERENCES account ON DELETE CASCADE,
  owner_name text NOT NULL,
  name text NOT NULL,
  shared boolean NOT NULL,
  query jsonb NOT NULL,
  changed_at double precision NOT NULL
);
CREATE INDEX queue_view_owner ON queue_view (owner_id);

-- What was known of an incident when it was opened, and the ranking's word on it.
CREATE TABLE incident_opening (
  tenant text NOT NULL,
  incident_id integer NOT NULL,
  opened_at double precision NOT NULL,
  facts jsonb NOT NULL,
  PRIMARY KEY (tenant, incident_id),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
CREATE TABLE incident_relevance (
  tenant text NOT NULL,
  incident_id integer NOT NULL,
  probability double precision NOT NULL,
  terms jsonb NOT NULL,
  model_id bigint NOT NULL,
  PRIMARY KEY (tenant, incident_id),
  FOREIGN KEY (tenant, incident_id) REFERENCES incident (tenant, id) ON DELETE CASCADE
);
-- Of the installation: weights and figures, no tenant's data.
CREATE TABLE relevance_model (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  trained_at double precision NOT NULL,
  used boolean NOT NULL,
  model jsonb,
  report jsonb NOT NULL
);

-- What was judged before verdicts had a history.
INSERT INTO verdict (tenant, incident_id, verdict, note, rules, actor_id, actor, side, at)
  SELECT tenant, id, verdict, '', '{}', '', 'unknown', 'provider', coalesce(closed_at, last_at)
  FROM incident WHERE verdict IS NOT NULL ORDER BY coalesce(closed_at, last_at), id;
INSERT INTO rule_outcome (tenant, incident_id, rule_id, verdict, opened_at, decided_at, minutes)
  SELECT DISTINCT i.tenant, i.id, a.rule_id, i.verdict, i.created_at, coalesce(i.closed_at, i.last_at), 0
  FROM incident i JOIN alert a ON a.tenant = i.tenant AND a.incident_id = i.id AND a.part = 'evidence'
  WHERE i.verdict IS NOT NULL;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['incident_seen', 'verdict', 'verdict_reply', 'rule_outcome', 'alert_routine', 'incident_undo', 'incident_opening', 'incident_relevance'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY by_tenant ON %I TO vigie_api USING (current_setting(''vigie.tenants'', true) = ''*'' OR tenant = ANY (string_to_array(current_setting(''vigie.tenants'', true), '','')))', t);
  END LOOP;
  -- A view is its owner's; a shared one is of those who may see its tenant, one of no tenant of those who see all.
  ALTER TABLE queue_view ENABLE ROW LEVEL SECURITY;
  CREATE POLICY by_owner ON queue_view TO vigie_api
    USING (owner_id = current_setting('vigie.account', true)
      OR (shared AND (current_setting('vigie.tenants', true) = '*'
        OR tenant = ANY (string_to_array(current_setting('vigie.tenants', true), ',')))))
    WITH CHECK (owner_id = current_setting('vigie.account', true)
      AND (tenant IS NULL OR current_setting('vigie.tenants', true) = '*'
        OR tenant = ANY (string_to_array(current_setting('vigie.tenants', true), ','))));
END $$;
GRANT SELECT, INSERT, UPDATE ON incident_seen TO vigie_api;
GRANT SELECT, INSERT ON verdict, verdict_reply TO vigie_api;
GRANT SELECT, INSERT, DELETE ON rule_outcome, incident_undo TO vigie_api;
GRANT SELECT, INSERT, UPDATE, DELETE ON alert_routine, queue_view TO vigie_api;
GRANT SELECT ON incident_relevance, relevance_model TO vigie_api;
GRANT UPDATE (verdict, verdict_reason, reviewed_at, reviewed_by, routine) ON alert TO vigie_api;
`;
