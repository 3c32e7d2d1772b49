import { SIGMA } from '../../engines/sigma/index.ts';
import type { CollectPort } from './ports.ts';

export const COLLECT: CollectPort = { name: SIGMA };
