import type { Cart } from './cart.ts';

export interface Horse {
  readonly pulls: Cart;
}
