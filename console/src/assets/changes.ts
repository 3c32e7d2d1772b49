import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';

/** One change of the inventory; everything shown of it is asked for again. */
export function useAssetChange<T>(done: (answer: T) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({
      method = 'POST',
      path,
      body,
    }: {
      method?: 'POST' | 'PATCH';
      path: string;
      body?: unknown;
    }) => call<T>(method, path, body),
    onSuccess: (answer) => {
      for (const key of ['assets', 'asset', 'asset-timeline', 'asset-marks'])
        void client.invalidateQueries({ queryKey: [key] });
      done(answer);
    },
    onError: (error) => toast(messageOf(error), 'bad'),
  });
}
