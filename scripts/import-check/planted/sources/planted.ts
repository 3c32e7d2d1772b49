// refused: sources-index
import { SIGMA } from '../engines/sigma/index.ts';

export const planted = SIGMA;
