/**
 * What `vigie_api` needs before any table: sight of the schema. The roles themselves belong to the server
 * rather than to the database and are made by the runner; `vigie_pipeline` owns the schema and every table,
 * so row-level security does not bind it.
 */
export const sql = 'GRANT USAGE ON SCHEMA vigie TO vigie_api;';
