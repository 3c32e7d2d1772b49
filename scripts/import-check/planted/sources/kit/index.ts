import { CONTRACT } from '../../contracts/index.ts';

export const KIT = CONTRACT;
