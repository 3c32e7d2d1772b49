import { sql } from 'kysely';
import type { CollectPort } from '../collect/ports.ts';

export const STORE: CollectPort = { name: String(sql) };
