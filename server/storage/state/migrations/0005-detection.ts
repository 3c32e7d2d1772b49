/**
 * Moments at which windows were decided because of the time alone; pipelines that adapt imported rules, and values
 * of placeholders.
 */
export const sql = `
CREATE TABLE detector_moment (
  sequence bigint PRIMARY KEY,
  -- The last batch of events before it.
  after bigint NOT NULL,
  clocks jsonb NOT NULL,
  at double precision NOT NULL
);
CREATE TABLE rule_pipeline (
  origin text NOT NULL,
  position integer NOT NULL,
  name text NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (origin, position)
);
CREATE TABLE rule_placeholder (
  name text PRIMARY KEY,
  values jsonb NOT NULL,
  changed_at double precision NOT NULL
);
`;
