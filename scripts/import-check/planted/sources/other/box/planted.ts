// refused: source
import { SHARED } from '../../acme/_shared/index.ts';

export const planted = SHARED;
