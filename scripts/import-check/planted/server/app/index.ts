import type { Kysely } from 'kysely';
import { COLLECT } from '../collect/index.ts';

export const wired = (db: Kysely<unknown>) => [db, COLLECT];
