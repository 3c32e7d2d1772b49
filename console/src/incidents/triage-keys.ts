import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { call } from '../api/client.ts';
import type { IncidentView } from '../api/types.ts';
import { useMay } from '../session.ts';
import type { Shortcut } from '../ui/shortcuts.ts';
import { useUndo } from './actions.ts';
import { neighbourOf } from './order.ts';
import { t } from './strings.ts';

/**
 * Keys that an incident's page shares with the queue: judging, undoing, and going to the next one of the queue as it
 * was shown last. Tells the server that the person has looked at it, as it is now.
 */
export function useTriageKeys(incident: IncidentView, judge: () => void): readonly Shortcut[] {
  const mayAct = useMay('incidents.handle');
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const undo = useUndo();
  const { id, alerts, level, status } = incident;
  const comments = incident.timeline.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever of it changes has been seen as well
  useEffect(() => {
    call<void>('POST', `/api/incidents/${id}/seen`).then(
      () => client.invalidateQueries({ queryKey: ['incidents'] }),
      // The mark is a convenience: the queue goes on saying "changed".
      () => undefined,
    );
  }, [client, id, alerts, level, status, comments]);
  const go = (step: 1 | -1) => {
    const to = neighbourOf(id, step);
    if (to !== undefined) navigate(`/incidents/${to}`);
  };
  return [
    { keys: 'n', label: t.help.following, run: () => go(1) },
    { keys: 'p', label: t.help.before, run: () => go(-1) },
    ...(mayAct
      ? [
          { keys: 'v', label: t.help.judge, run: judge },
          { keys: 'z', label: t.help.undo, run: () => undo() },
        ]
      : []),
  ];
}
