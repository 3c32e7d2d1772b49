/** What belongs to a site may be named by its network, too. */
export const sql = `
ALTER TABLE site_member DROP CONSTRAINT site_member_kind_check;
ALTER TABLE site_member ADD CONSTRAINT site_member_kind_check
  CHECK (kind IN ('source', 'host', 'user', 'network'));
`;
