import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { ApiFailure, call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type {
  BulkResult,
  BulkUndone,
  IncidentPage,
  IncidentPatch,
  IncidentSummary,
  IncidentView,
} from '../api/types.ts';
import { useSession } from '../session.ts';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import type { Decision } from '../verdict/verdict-dialog.tsx';
import { exceptionAddress, reasonText } from '../verdict/words.ts';
import { t } from './strings.ts';

/** Incidents that one call may change. */
const MOST = 200;

interface Change {
  readonly ids: readonly number[];
  readonly patch: IncidentPatch;
  readonly done?: string;
}

/** Incidents that this person has changed: where they leave a list by that, they leave at once. */
export const handled = new Set<number>();

/** What the last change was, for undoing it by key from wherever one is by now. */
let lastUndo: readonly string[] = [];

/**
 * Changes one or many incidents. The page shows the change at once; what the server refuses is taken back and said,
 * and what it did can be undone for a while.
 */
function useChange() {
  const client = useQueryClient();
  const { user } = useSession();
  const [, navigate] = useLocation();
  const undo = useUndo();
  return useMutation({
    mutationFn: async ({ ids, patch, done }: Change) => {
      for (const id of ids) handled.add(id);
      const failed: BulkResult['failed'] = [];
      const undos: string[] = [];
      try {
        apply(client, ids, patch, user);
        for (let at = 0; at < ids.length; at += MOST) {
          const result = await call<BulkResult>('POST', '/api/incidents/bulk', {
            ids: ids.slice(at, at + MOST),
            change: patch,
          });
          failed.push(...result.failed);
          if (result.undo !== null) undos.push(result.undo);
        }
      } catch (error) {
        toast(t.failed(names(ids), messageOf(error)), 'bad');
        return { failed: ids.length };
      }
      lastUndo = undos;
      const except =
        ids.length === 1 && patch.verdict === 'false-positive' ? await falseRule(ids[0]!, patch) : null;
      if (failed.length < ids.length && done !== undefined)
        toast(done, 'good', [
          ...(except === null ? [] : [{ label: t.except, run: () => navigate(except) }]),
          ...(undos.length === 0 ? [] : [{ label: t.undo, run: () => undo(undos) }]),
        ]);
      const [first] = failed;
      if (first !== undefined)
        toast(
          t.failed(
            names(failed.map(({ id }) => id)),
            messageOf(new ApiFailure(first.code, first.message, 409)),
          ),
          'bad',
        );
      return { failed: failed.length };
    },
    onSettled: (_result, _error, { ids }) => refresh(client, ids),
  });

  /** Where an exception is made of a false positive: by the first rule at fault, with the verdict's words as reason. */
  async function falseRule(id: number, patch: IncidentPatch): Promise<string | null> {
    try {
      const incident = await client.fetchQuery({
        queryKey: ['incident', id],
        queryFn: () => call<IncidentView>('GET', `/api/incidents/${id}`),
        staleTime: 60_000,
      });
      const alert =
        incident.alertList.find(({ ruleId }) => patch.rules?.includes(ruleId)) ?? incident.alertList[0];
      if (alert === undefined) return null;
      return exceptionAddress({
        tenant: incident.tenant,
        rule: alert.ruleId,
        detection: alert.evidence[0]?.detectionId,
        why: [reasonText(patch.reason ?? null), patch.comment, `INC-${id}`].filter(Boolean).join(' · '),
      });
    } catch {
      // The verdict stands; only the short way to an exception is missing, and the incident's page has it too.
      return null;
    }
  }
}

/** Takes changes back; without argument the last one. */
export function useUndo(): (undos?: readonly string[]) => void {
  const client = useQueryClient();
  const undoing = useMutation({
    mutationFn: async (undos: readonly string[]) => {
      const all: BulkUndone = { undone: [], kept: [] };
      for (const undo of undos) {
        const { undone, kept } = await call<BulkUndone>('POST', '/api/incidents/undo', { undo });
        all.undone.push(...undone);
        all.kept.push(...kept);
      }
      return all;
    },
    onSuccess: ({ undone, kept }) => {
      if (kept.length === 0) toast(t.undone(undone.length));
      else toast(t.undoneSome(undone.length, names(kept)));
      refresh(client, undone);
    },
    onError: () => toast(t.undoGone, 'bad'),
  });
  return (undos = lastUndo) => {
    lastUndo = [];
    if (undos.length > 0) undoing.mutate(undos);
  };
}

/** What a person does with incidents, with its messages; shared by the queue and the incident's page. */
export function useIncidentActions() {
  const change = useChange();
  const what = (ids: readonly number[]) => (ids.length === 1 ? `INC-${ids[0]}` : t.incidents(ids.length));
  return {
    pending: change.isPending,
    assignToMe: (ids: readonly number[]) =>
      change.mutate({
        ids,
        patch: { owner: 'me' },
        done: ids.length === 1 ? t.assigned(`INC-${ids[0]}`) : t.assignedMany(ids.length),
      }),
    handTo: (ids: readonly number[], person: { id: string; name: string }) =>
      change.mutate({ ids, patch: { owner: person.id }, done: t.handed(what(ids), person.name) }),
    decide: (ids: readonly number[], decision: Decision, closing: boolean) =>
      change.mutate({
        ids,
        patch: { ...decision, ...(closing ? { status: 'closed' as const } : {}) },
        done: closing
          ? ids.length === 1
            ? t.closed(`INC-${ids[0]}`)
            : t.closedMany(ids.length)
          : ids.length === 1
            ? t.judged(`INC-${ids[0]}`)
            : t.judgedMany(ids.length),
      }),
    change: (id: number, patch: IncidentPatch, done?: string) =>
      change.mutateAsync({ ids: [id], patch, ...(done === undefined ? {} : { done }) }),
  };
}

function names(ids: readonly number[]): string {
  return ids.map((id) => `INC-${id}`).join(', ');
}

function refresh(client: QueryClient, ids: readonly number[]): void {
  void client.invalidateQueries({ queryKey: ['incidents'] });
  void client.invalidateQueries({ queryKey: ['clocks'] });
  for (const id of ids) void client.invalidateQueries({ queryKey: ['incident', id] });
}

function apply(
  client: QueryClient,
  ids: readonly number[],
  patch: IncidentPatch,
  user: { id: string; name: string },
): void {
  const wanted = new Set(ids);
  const owner =
    patch.owner === 'me'
      ? { id: user.id, name: user.name }
      : patch.owner === null
        ? null
        : client.getQueryData(queries.owners().queryKey)?.items.find(({ id }) => id === patch.owner);
  const changed = <T extends IncidentSummary>(incident: T): T => ({
    ...incident,
    ...(patch.status === undefined ? {} : { status: patch.status }),
    ...(patch.verdict === undefined ? {} : { verdict: patch.verdict }),
    ...(owner === undefined ? {} : { owner }),
  });
  client.setQueriesData<InfiniteData<IncidentPage>>({ queryKey: ['incidents'] }, (data) =>
    // Figures of the home pages lie below the same key, so that news refresh them; they are no lists.
    data?.pages === undefined
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
