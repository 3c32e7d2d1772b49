import { SOURCES } from '../../sources/index.ts';

export const NORMALIZE = SOURCES;
