/** News may be about an asset of an incident: they lead to it. */
export const sql = `
ALTER TABLE notice ADD COLUMN asset_id text;
`;
