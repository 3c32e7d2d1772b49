import type { IncidentStatus } from '../api/types.ts';
import { useIsClient } from '../session.ts';
import { useTitle } from '../ui/hooks.ts';
import { ui } from '../ui/strings.ts';
import { t } from './strings/strings.ts';

/** Pages that have plain words: those that the people of a client find in the rail. */
export type PlainPath = keyof typeof t.pages;

/** What a page is called by who reads it: plainly for the people of a client; names the browser's tab as well. */
export function usePageName(path: PlainPath, name: string): string {
  const said = useIsClient() ? t.pages[path].name : name;
  useTitle(said);
  return said;
}

/** The heading of a page under that name. */
export function PageTitle({ path, children }: { path: PlainPath; children: string }) {
  return <h1>{usePageName(path, children)}</h1>;
}

/** To the people of a client: what the page is good for. The provider's own know it. */
export function About({ path }: { path: PlainPath }) {
  if (!useIsClient()) return null;
  return (
    <p className="about" data-testid="about">
      {t.pages[path].about}
    </p>
  );
}

/** What the status of an incident is called: what waits for the client waits for the reader, who is of the client. */
export function useStatusText(): (status: IncidentStatus) => string {
  const client = useIsClient();
  return (status) => (client && status === 'waiting-for-client' ? t.waiting : ui.status[status]);
}
