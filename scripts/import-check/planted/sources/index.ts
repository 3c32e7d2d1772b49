import { PARSE } from './acme/gate/parse.ts';

export const SOURCES = PARSE;
