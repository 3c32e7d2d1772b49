import { expect, it } from 'vitest';
import { resolve } from './shortcuts.ts';

const run = () => undefined;
const shell = {
  name: 'shell',
  shortcuts: [
    { keys: 'g i', label: 'incidents', run },
    { keys: '?', label: 'help', run },
    { keys: 'c', label: 'shell c', run },
  ],
};
const page = {
  name: 'page',
  shortcuts: [
    { keys: 'i', label: 'page i', run },
    { keys: 'c', label: 'page c', run },
  ],
};

it('waits for the second key of a sequence and finds it', () => {
  expect(resolve('g', null, [shell])).toBe('wait');
  expect(resolve('i', 'g', [shell, page])).toBe(shell.shortcuts[0]);
});
it('lets the page win over the shell', () => {
  expect(resolve('c', null, [shell, page])).toBe(page.shortcuts[1]);
});
it('takes a key that does not continue the sequence as a new one', () => {
  expect(resolve('?', 'g', [shell, page])).toBe(shell.shortcuts[1]);
  expect(resolve('z', 'g', [shell, page])).toBeNull();
});
