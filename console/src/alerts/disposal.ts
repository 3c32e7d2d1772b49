import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { AlertReview, IncidentView, LooseAlert } from '../api/types.ts';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import { exceptionAddress } from '../verdict/words.ts';
import { t } from './strings.ts';

type As = AlertReview['as'];

/** A line of the list: a group, or one alert of an opened one. */
export interface Line {
  readonly key: string;
  readonly tenant: string;
  readonly ruleId: string;
  readonly alerts: readonly LooseAlert[];
}

/** Alerts looked at last, or put into an incident, for undoing. */
let last: { tenant: string; alerts: readonly string[]; into?: number } | null = null;

/** Says what alerts were, makes an incident of them, or puts them into one. */
export function useDisposal(onDone: () => void) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ['loose-alerts'] });
    void client.invalidateQueries({ queryKey: ['loose-alert-ties'] });
    void client.invalidateQueries({ queryKey: ['incidents'] });
  };
  const failed = (error: unknown) => toast(messageOf(error), 'bad');
  const reviewing = useMutation({
    mutationFn: ({ line, as }: { line: Line; as: As }) =>
      call<{ reviewed: number }>('POST', '/api/alerts/review', {
        tenant: line.tenant,
        alerts: idsOf(line),
        as,
      }),
    onSuccess: ({ reviewed }, { line, as }) => {
      last = as === 'open' ? null : { tenant: line.tenant, alerts: idsOf(line) };
      toast(t.reviewed(t.made[as], reviewed), 'good', [
        ...(as === 'false-positive'
          ? [
              {
                label: t.except,
                run: () =>
                  navigate(
                    exceptionAddress({ tenant: line.tenant, rule: line.ruleId, why: line.alerts[0]?.title }),
                  ),
              },
            ]
          : []),
        ...(as === 'open' ? [] : [{ label: t.undo, run: undo }]),
      ]);
      onDone();
    },
    onError: failed,
    onSettled: refresh,
  });
  const undoing = useMutation({
    mutationFn: async ({ tenant, alerts, into }: NonNullable<typeof last>) => {
      if (into === undefined) {
        const body = { tenant, alerts, as: 'open' };
        const { reviewed } = await call<{ reviewed: number }>('POST', '/api/alerts/review', body);
        return t.reviewed(t.made.open, reviewed);
      }
      await call<IncidentView>('POST', `/api/incidents/${into}/detach`, { alerts });
      return t.takenOut(into);
    },
    onSuccess: (said) => toast(said),
    onError: failed,
    onSettled: refresh,
  });
  const promoting = useMutation({
    mutationFn: (line: Line) =>
      call<IncidentView>('POST', '/api/alerts/promote', {
        tenant: line.tenant,
        alerts: idsOf(line),
      }),
    onSuccess: ({ id }) => {
      toast(t.promoted(id), 'good', [{ label: `INC-${id}`, run: () => navigate(`/incidents/${id}`) }]);
      onDone();
    },
    onError: failed,
    onSettled: refresh,
  });
  const joining = useMutation({
    mutationFn: ({ line, to }: { line: Line; to: number }) =>
      call<IncidentView>('POST', '/api/alerts/join', { tenant: line.tenant, alerts: idsOf(line), to }),
    onSuccess: (_, { line, to }) => {
      last = { tenant: line.tenant, alerts: idsOf(line), into: to };
      toast(t.joined(to), 'good', [
        { label: `INC-${to}`, run: () => navigate(`/incidents/${to}`) },
        { label: t.undo, run: undo },
      ]);
      onDone();
    },
    onError: failed,
    onSettled: refresh,
  });
  const join = (line: Line, to: number) => joining.mutate({ line, to });
  /** Puts the line's alert into the open incident that fits best, if one has anything in common with it. */
  const joinBest = (line: Line) => {
    const [first] = line.alerts;
    if (first === undefined) return;
    client
      .fetchQuery(queries.looseAlertTies(first.tenant, first.id))
      .then(({ incident, incidents: [best] }) => {
        if (incident !== null) toast(t.joined(incident));
        else if (best === undefined) toast(t.why.none);
        else join(line, best.id);
      })
      .catch(failed);
  };
  function undo() {
    if (last !== null) undoing.mutate(last);
    last = null;
  }
  return {
    pending: reviewing.isPending || promoting.isPending || joining.isPending || undoing.isPending,
    dispose: (line: Line, as: As) => reviewing.mutate({ line, as }),
    promote: (line: Line) => promoting.mutate(line),
    join,
    joinBest,
    undo,
  };
}

/** One call takes so many; the others of a larger group come up again. */
function idsOf(line: Line): string[] {
  return line.alerts.slice(0, 500).map(({ id }) => id);
}
