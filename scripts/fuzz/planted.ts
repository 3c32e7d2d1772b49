import type { Target } from './target.ts';

/** Targets with a planted fault, which the watchdog must find: a test of the fuzzer itself. */
export const planted: readonly Target[] = [
  {
    name: 'planted-hang',
    make: (random) => (random.once(400) ? `xxxx${random.below(100)}loop${random.below(100)}` : 'fine'),
    run(input) {
      while (input.includes('loop'));
      return 'fine';
    },
  },
  {
    name: 'planted-crash',
    make: (random) => (random.once(400) ? `before ${random.below(1000)} crash after` : 'fine'),
    run(input) {
      if (input.includes('crash')) throw new TypeError('planted');
      return 'fine';
    },
  },
];
