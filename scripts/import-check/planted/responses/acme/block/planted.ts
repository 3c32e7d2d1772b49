// refused: response
import { PARSE } from '../../../sources/acme/gate/parse.ts';

export const planted = PARSE;
