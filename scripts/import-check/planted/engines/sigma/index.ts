import { CONTRACT } from '../../contracts/index.ts';

export const SIGMA = CONTRACT;
