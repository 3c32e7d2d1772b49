/** Contacts say what they are there for and which languages they read. */
export const sql = `
UPDATE tenant SET contacts = (
  SELECT coalesce(jsonb_agg('{"functions": [], "languages": []}'::jsonb || contact ORDER BY place), '[]')
  FROM jsonb_array_elements(contacts) WITH ORDINALITY AS of (contact, place)
);
`;
