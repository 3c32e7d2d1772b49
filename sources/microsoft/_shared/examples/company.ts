/** Names and accounts of the invented company that the examples come from. */
export const DC = 'dc01.corp.example.com';
export const PC = 'pc-042.corp.example.com';
export const ANN = 'S-1-5-21-3457937927-2839227994-823803824-1104';
export const BOB = 'S-1-5-21-3457937927-2839227994-823803824-1187';
export const SYSTEM_SID = 'S-1-5-18';

/** The example's event is stated once and rendered by the functions of `forms.ts`. */
export interface Numbering {
  next(): number;
}

/** Record numbers that go on from `first`. */
export function numbering(first: number): Numbering {
  let last = first;
  return { next: () => ++last };
}
