import { COLLECT } from '../collect/index.ts';

export const API = COLLECT;
