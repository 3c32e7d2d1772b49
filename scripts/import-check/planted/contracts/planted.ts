// refused: contracts
import { SIGMA } from '../engines/sigma/index.ts';

export const planted = SIGMA;
