// refused: storage
import { QUEUE } from '../collect/queue.ts';

export const planted = QUEUE;
