// refused: no-cycle
import type { Horse } from './horse.ts';

export interface Cart {
  readonly behind: Horse;
}
