import { KIT } from '../../kit/index.ts';
import { SHARED } from '../_shared/index.ts';

export const PARSE = KIT + SHARED;
