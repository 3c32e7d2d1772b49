/** Text that was not saved, kept in this window so that a reload or a wrong click loses nothing. */
export interface KeptText {
  readonly text: string;
  readonly cases: string;
}

const key = (id: string) => `vigie.rule-text.${id}`;

/** What was kept for a rule, or null. */
export function readKept(id: string): KeptText | null {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(key(id)) ?? 'null');
    if (typeof value !== 'object' || value === null || !('text' in value) || !('cases' in value)) return null;
    return typeof value.text === 'string' && typeof value.cases === 'string'
      ? { text: value.text, cases: value.cases }
      : null;
  } catch {
    return null; // Storage is blocked, or holds something else.
  }
}

/** Keeps a text, or with null forgets what was kept. */
export function writeKept(id: string, kept: KeptText | null): void {
  try {
    if (kept === null) sessionStorage.removeItem(key(id));
    else sessionStorage.setItem(key(id), JSON.stringify(kept));
  } catch {
    return; // Storage is blocked or full: the text lives in the page alone.
  }
}
