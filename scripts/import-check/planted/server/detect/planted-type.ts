// refused: stage
import type { CollectPort } from '../collect/ports.ts';

export const planted: CollectPort = { name: 'a type is an import too' };
