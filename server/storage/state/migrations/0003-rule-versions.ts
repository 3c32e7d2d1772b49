/** Versions of rules, their history, and what versions in test would have found. See `schema.ts`. */
export const sql = `
CREATE TABLE rule_history (
  rule_id text PRIMARY KEY,
  revision integer NOT NULL,
  newest integer NOT NULL
);
CREATE TABLE rule_version (
  rule_id text NOT NULL REFERENCES rule_history ON DELETE CASCADE,
  number integer NOT NULL,
  text text NOT NULL,
  cases text NOT NULL,
  title text NOT NULL,
  note text NOT NULL,
  author text NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'test', 'live', 'retired')),
  was_live boolean NOT NULL DEFAULT false,
  state_by text NOT NULL,
  state_at double precision NOT NULL,
  upstream_hash text,
  created_at double precision NOT NULL,
  PRIMARY KEY (rule_id, number)
);
CREATE UNIQUE INDEX rule_version_live ON rule_version (rule_id) WHERE state = 'live';
CREATE UNIQUE INDEX rule_version_test ON rule_version (rule_id) WHERE state = 'test';
CREATE TABLE rule_change (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rule_id text NOT NULL REFERENCES rule_history ON DELETE CASCADE,
  number integer NOT NULL,
  at double precision NOT NULL,
  actor text NOT NULL,
  change text NOT NULL CHECK (change IN ('saved', 'tested', 'live', 'rolled-back', 'withdrawn', 'retired')),
  note text NOT NULL
);
CREATE INDEX rule_change_rule ON rule_change (rule_id, id DESC);
CREATE TABLE rule_trial_hit (
  tenant text NOT NULL REFERENCES tenant ON DELETE CASCADE,
  rule_id text NOT NULL,
  number integer NOT NULL,
  day double precision NOT NULL,
  hits bigint NOT NULL,
  last_at double precision NOT NULL,
  samples jsonb NOT NULL,
  PRIMARY KEY (tenant, rule_id, number, day),
  FOREIGN KEY (rule_id, number) REFERENCES rule_version (rule_id, number) ON DELETE CASCADE
);
CREATE INDEX rule_trial_hit_rule ON rule_trial_hit (rule_id, number, day);
CREATE TABLE rule_trial_progress (
  id integer PRIMARY KEY CHECK (id = 1),
  sequence bigint NOT NULL,
  pruned_at double precision NOT NULL
);
CREATE INDEX alert_rule ON alert (rule_id, last_at DESC);

ALTER TABLE rule_trial_hit ENABLE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON rule_trial_hit TO vigie_api USING (current_setting('vigie.tenants', true) = '*' OR tenant = ANY (string_to_array(current_setting('vigie.tenants', true), ',')));
GRANT SELECT ON rule_trial_hit TO vigie_api;
`;
