import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import type { RuleDetail, RulePage } from '../api/types.ts';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import { t } from './strings.ts';

/**
 * The switch of a rule: what it shows, and what turns it. It moves at once and goes back if the server
 * refuses. What it shows while the server is asked is its own, for a list that is being read (a search just
 * typed, say) knows nothing of the change and would move the switch back.
 */
export function useRuleSwitch(rule: { id: string; title: string; enabled: boolean }): {
  enabled: boolean;
  turn: (enabled: boolean) => void;
} {
  const client = useQueryClient();
  const { id, title } = rule;
  const { isPending, variables, mutate } = useMutation({
    mutationFn: (enabled: boolean) =>
      call<RuleDetail>('PATCH', `/api/rules/${encodeURIComponent(id)}`, { enabled }),
    onSuccess: async (_rule, enabled) => {
      toast(enabled ? t.on(title) : t.off(title));
      show(client, id, enabled);
      await readAgain(client, id);
    },
    onError: (error) => toast(messageOf(error), 'bad'),
  });
  return { enabled: isPending ? variables : rule.enabled, turn: mutate };
}

/** What is on its way may have been read before the change. */
async function readAgain(client: QueryClient, id: string): Promise<void> {
  const onTheirWay = client.getQueryCache().findAll({
    fetchStatus: 'fetching',
    predicate: ({ queryKey: [name, of] }) => name === 'rules' || (name === 'rule' && of === id),
  });
  // A first answer is waited for rather than asked for again, so it has to be given up first.
  await Promise.all(onTheirWay.map(({ queryKey }) => client.cancelQueries({ queryKey, exact: true })));
  await Promise.all(onTheirWay.map(({ queryKey }) => client.refetchQueries({ queryKey, exact: true })));
}

function show(client: QueryClient, id: string, enabled: boolean): void {
  client.setQueriesData<InfiniteData<RulePage>>({ queryKey: ['rules'] }, (data) =>
    data === undefined
      ? data
      : {
          ...data,
          pages: data.pages.map((page) => ({
            ...page,
            items: page.items.map((rule) => (rule.id === id ? { ...rule, enabled } : rule)),
          })),
        },
  );
  client.setQueryData<RuleDetail>(['rule', id], (rule) => (rule === undefined ? rule : { ...rule, enabled }));
}
