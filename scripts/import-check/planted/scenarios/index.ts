import { API } from '../server/api/index.ts';
import { STORE } from '../server/storage/index.ts';

export const ANYTHING = [API, STORE];
