import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import type { CommentHistory, ConversationView } from '@vigie/contracts/api';
import { ApiFailure, call, withQuery } from '../api/client.ts';
import { messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';

/** The conversation's place in the cache: below its incident, so that news of the incident renew it as well. */
export const conversation = (incident: number) =>
  queryOptions({
    queryKey: ['incident', incident, 'conversation'],
    queryFn: ({ signal }) =>
      call<ConversationView>('GET', `/api/incidents/${incident}/conversation`, undefined, signal),
  });

export const history = (incident: number, comment: string) =>
  queryOptions({
    queryKey: ['incident', incident, 'comment', comment],
    queryFn: ({ signal }) =>
      call<CommentHistory>(
        'GET',
        `/api/incidents/${incident}/comments/${comment}/history`,
        undefined,
        signal,
      ),
  });

interface Change {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  /** Below the incident. */
  readonly path: string;
  readonly body?: object;
  readonly said?: string;
}

/** Changes something of the conversation; the answer is the whole of it as it is then. */
export function useConversationChange(incident: number) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ method, path, body }: Change) =>
      call<ConversationView>(method, `/api/incidents/${incident}/${path}`, body),
    onSuccess: (view, { said }) => {
      client.setQueryData(conversation(incident).queryKey, view);
      if (said !== undefined) toast(said);
    },
    onError: (error) => toast(messageOf(error), 'bad'),
    onSettled: () => void client.invalidateQueries({ queryKey: ['notices'] }),
  });
}

/** Sends a file as it is. @throws {ApiFailure} */
export async function upload(
  incident: number,
  file: File,
  audience: 'internal' | 'client',
): Promise<ConversationView> {
  const path = withQuery(`/api/incidents/${incident}/attachments`, { name: file.name, audience });
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { accept: 'application/json', 'content-type': 'application/octet-stream' },
      body: file,
    });
  } catch (cause) {
    throw new ApiFailure('VIGIE_CONSOLE_OFFLINE', 'The server does not answer.', 0, { cause });
  }
  const value = (await response.json()) as ConversationView & {
    error?: { code: string; message: string };
  };
  if (!response.ok)
    throw new ApiFailure(
      value.error?.code ?? `HTTP_${response.status}`,
      value.error?.message ?? response.statusText,
      response.status,
    );
  return value;
}
