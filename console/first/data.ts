/**
 * What a page asks the API for before it can show anything, by the page's path: asked for while its scripts are on
 * their way (`first.ts`). Written exactly as the page asks, or it would ask a second time; a test in the browser looks.
 *
 * `:name` stands for the part of the address, `{scope}` for `&tenant=…` where one tenant is in view. Only for addresses
 * without filters of their own.
 */
export const DATA: Readonly<Record<string, string>> = {
  '/incidents': '/api/incidents?status=open&sort=urgency{scope}&limit=100',
  '/incidents/:id': '/api/incidents/:id',
};

/** What a page loads a moment after it has shown what it is for: fetched with it, run later. Modules below `src/`. */
export const LATER: Readonly<Record<string, readonly string[]>> = {
  '/incidents/:id': ['incident/below.tsx'],
};
