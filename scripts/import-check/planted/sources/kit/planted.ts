// refused: sources-kit
import { PARSE } from '../acme/gate/parse.ts';

export const planted = PARSE;
