// refused: engines
import { SIGMA } from '../sigma/index.ts';

export const planted = SIGMA;
