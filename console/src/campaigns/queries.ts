import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { CampaignView, IncidentCampaigns } from '@vigie/contracts/api';
import { call } from '../api/client.ts';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';

export const campaigns = () =>
  queryOptions({
    queryKey: ['campaigns'],
    queryFn: ({ signal }) => call<{ items: CampaignView[] }>('GET', '/api/campaigns', undefined, signal),
  });

export const campaignsOf = (incident: number) =>
  queryOptions({
    queryKey: ['campaigns', 'of', incident],
    queryFn: ({ signal }) =>
      call<IncidentCampaigns>('GET', `/api/incidents/${incident}/campaigns`, undefined, signal),
  });

/** Makes or changes a campaign. */
export function useCampaignChange() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, body }: { id?: string; body: object; said: string }) =>
      id === undefined
        ? call<CampaignView>('POST', '/api/campaigns', body)
        : call<CampaignView>('PATCH', `/api/campaigns/${id}`, body),
    onSuccess: (_made, { said }) => toast(said),
    onError: (error) => toast(messageOf(error), 'bad'),
    onSettled: () => void client.invalidateQueries({ queryKey: ['campaigns'] }),
  });
}
