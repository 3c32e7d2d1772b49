export { parseQuery } from './query.ts';
