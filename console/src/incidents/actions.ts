import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import type { IncidentPage, IncidentPatch, IncidentSummary, IncidentView } from '../api/types.ts';
import { useSession } from '../session.ts';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import { t } from './strings.ts';

const AT_ONCE = 4;

/**
 * Changes one or many incidents. The page shows the change at once; what the server refuses is taken back
 * and said. Calls run four at a time.
 */
export function usePatchIncidents() {
  const client = useQueryClient();
  const { user } = useSession();
  return useMutation({
    mutationFn: async ({
      ids,
      patch,
      done,
    }: {
      ids: readonly number[];
      patch: IncidentPatch;
      done?: string;
    }) => {
      apply(client, ids, patch, user);
      const waiting = [...ids];
      const failures: { id: number; message: string }[] = [];
      const worker = async () => {
        for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
          try {
            client.setQueryData(
              ['incident', id],
              await call<IncidentView>('PATCH', `/api/incidents/${id}`, patch),
            );
          } catch (error) {
            failures.push({ id, message: messageOf(error) });
          }
        }
      };
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, worker));
      if (failures.length < ids.length && done !== undefined) toast(done);
      const first = failures[0];
      if (first !== undefined)
        toast(t.failed(failures.map((each) => `INC-${each.id}`).join(', '), first.message), 'bad');
      return { failed: failures.length };
    },
    onSettled: (_result, _error, { ids }) => {
      void client.invalidateQueries({ queryKey: ['incidents'] });
      for (const id of ids) void client.invalidateQueries({ queryKey: ['incident', id] });
    },
  });
}

/** Assigning and closing with their messages, shared by the queue and the incident's page. */
export function useIncidentActions() {
  const patch = usePatchIncidents();
  return {
    pending: patch.isPending,
    assignToMe: (ids: readonly number[]) =>
      patch.mutate({
        ids,
        patch: { owner: 'me' },
        done: ids.length === 1 ? t.assigned(`INC-${ids[0]}`) : t.assignedMany(ids.length),
      }),
    close: (ids: readonly number[], verdict: NonNullable<IncidentPatch['verdict']>, comment: string) =>
      patch.mutate({
        ids,
        patch: { status: 'closed', verdict, ...(comment === '' ? {} : { comment }) },
        done: ids.length === 1 ? t.closed(`INC-${ids[0]}`) : t.closedMany(ids.length),
      }),
    change: (id: number, change: IncidentPatch, done?: string) =>
      patch.mutateAsync({ ids: [id], patch: change, ...(done === undefined ? {} : { done }) }),
  };
}

function apply(
  client: QueryClient,
  ids: readonly number[],
  patch: IncidentPatch,
  user: { id: string; name: string },
): void {
  const wanted = new Set(ids);
  const changed = <T extends IncidentSummary>(incident: T): T => ({
    ...incident,
    ...(patch.status === undefined ? {} : { status: patch.status }),
    ...(patch.verdict === undefined ? {} : { verdict: patch.verdict }),
    ...(patch.owner === 'me' ? { owner: { id: user.id, name: user.name } } : {}),
    ...(patch.owner === null ? { owner: null } : {}),
  });
  client.setQueriesData<InfiniteData<IncidentPage>>({ queryKey: ['incidents'] }, (data) =>
    data === undefined
      ? data
      : {
          ...data,
          pages: data.pages.map((page) => ({
            ...page,
            items: page.items.map((incident) => (wanted.has(incident.id) ? changed(incident) : incident)),
          })),
        },
  );
  for (const id of ids)
    client.setQueryData<IncidentView>(['incident', id], (incident) =>
      incident === undefined ? incident : changed(incident),
    );
}
