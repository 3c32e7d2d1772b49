import { type InfiniteData, useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import type { RuleDetail, RulePage } from '../api/types.ts';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import { t } from './strings.ts';

/** Switches a rule; the switch moves at once and goes back if the server refuses. */
export function useRuleSwitch() {
  const client = useQueryClient();
  const show = (id: string, enabled: boolean) => {
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
    client.setQueryData<RuleDetail>(['rule', id], (rule) =>
      rule === undefined ? rule : { ...rule, enabled },
    );
  };
  return useMutation({
    mutationFn: ({ id, enabled }: { id: string; title: string; enabled: boolean }) =>
      call<RuleDetail>('PATCH', `/api/rules/${encodeURIComponent(id)}`, { enabled }),
    onMutate: ({ id, enabled }) => show(id, enabled),
    onSuccess: (_rule, { title, enabled }) => toast(enabled ? t.on(title) : t.off(title)),
    onError: (error, { id, enabled }) => {
      show(id, !enabled);
      toast(messageOf(error), 'bad');
    },
  });
}
