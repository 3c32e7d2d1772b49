// refused: stage
import { COLLECT } from '../collect/index.ts';

export const planted = COLLECT;
