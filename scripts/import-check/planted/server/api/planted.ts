// refused: api
import { STORE } from '../storage/index.ts';

export const planted = STORE;
