// refused: agent
import { COLLECT } from '../server/collect/index.ts';

export const planted = COLLECT;
