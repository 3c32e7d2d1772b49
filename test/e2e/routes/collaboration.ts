import type { CampaignView, ConversationView } from '@vigie/contracts/api';
import type { Api } from '../../support/api.ts';
import type { Routes, Things } from './things.ts';

const TOMORROW = Date.now() + 86_400_000;

/** Something of each kind about an incident of `globex`. */
export async function collaborate(
  api: Api,
  incident: number,
): Promise<Pick<Things, 'comment' | 'attachment' | 'request' | 'recipient' | 'campaign'>> {
  const path = `/api/incidents/${incident}`;
  await api.ok('POST', `${path}/comments`, { body: 'globex knows', audience: 'client' });
  const file = await fetch(`${api.url}${path}/attachments?name=globex.txt&audience=client`, {
    method: 'POST',
    headers: { ...api.headers, 'content-type': 'application/octet-stream' },
    body: 'of globex',
  });
  if (file.status !== 201) throw new Error(await file.text());
  const view = await api.ok<ConversationView>('POST', `${path}/questions`, {
    text: 'Was this somebody of globex?',
    recipients: [{ name: 'Gus', email: 'gus@globex.example.com' }],
    dueAt: TOMORROW,
    pauses: false,
  });
  const campaign = await api.ok<CampaignView>('POST', '/api/campaigns', {
    name: 'Against globex',
    incidents: [incident],
  });
  return {
    comment: view.comments[0]!.id,
    attachment: view.attachments[0]!.id,
    request: view.requests[0]!.id,
    recipient: view.requests[0]!.recipients[0]!.id,
    campaign: campaign.id,
  };
}

const about = (path: string | ((things: Things) => string)) => (things: Things) =>
  `/api/incidents/${things.incident}${typeof path === 'string' ? path : path(things)}`;

export const collaboration: Routes = {
  'GET /api/incidents/:id/conversation': { path: about('/conversation'), stranger: 404 },
  'POST /api/incidents/:id/comments': { path: about('/comments'), body: { body: 'planted' }, stranger: 404 },
  'PATCH /api/incidents/:id/comments/:comment': {
    path: about(({ comment }) => `/comments/${comment}`),
    body: { body: 'planted' },
    stranger: 404,
  },
  'DELETE /api/incidents/:id/comments/:comment': {
    path: about(({ comment }) => `/comments/${comment}`),
    stranger: 404,
  },
  'GET /api/incidents/:id/comments/:comment/history': {
    path: about(({ comment }) => `/comments/${comment}/history`),
    stranger: 404,
  },
  'POST /api/incidents/:id/attachments': {
    path: about('/attachments?name=planted.txt'),
    raw: 'planted',
    stranger: 404,
  },
  'GET /api/incidents/:id/attachments/:attachment': {
    path: about(({ attachment }) => `/attachments/${attachment}?warned=yes`),
    stranger: 404,
  },
  'DELETE /api/incidents/:id/attachments/:attachment': {
    path: about(({ attachment }) => `/attachments/${attachment}`),
    stranger: 404,
  },
  'POST /api/incidents/:id/questions': {
    path: about('/questions'),
    body: {
      text: 'planted',
      recipients: [{ name: 'Gus', email: 'gus@globex.example.com' }],
      dueAt: TOMORROW,
    },
    stranger: 404,
  },
  'POST /api/incidents/:id/decisions': {
    path: about('/decisions'),
    body: { title: 'planted', text: 'planted', risk: 'low', recipients: [], dueAt: TOMORROW },
    stranger: 404,
  },
  'POST /api/incidents/:id/requests/:request/withdraw': {
    path: about(({ request }) => `/requests/${request}/withdraw`),
    stranger: 404,
  },
  'POST /api/incidents/:id/requests/:request/answer': {
    path: about(({ request }) => `/requests/${request}/answer`),
    body: { text: 'planted' },
    stranger: 404,
  },
  'POST /api/incidents/:id/requests/:request/recipients/:recipient/revoke': {
    path: about(({ request, recipient }) => `/requests/${request}/recipients/${recipient}/revoke`),
    stranger: 404,
  },
  'GET /api/answer': { path: '/api/answer', stranger: 404 },
  'POST /api/answer': { path: '/api/answer', body: { text: 'planted' }, stranger: 404 },
  'GET /api/notices': { path: '/api/notices', stranger: 200 },
  'POST /api/notices/read': { path: '/api/notices/read', body: {}, stranger: 204 },
  'GET /api/campaigns': { path: '/api/campaigns', stranger: 403 },
  'POST /api/campaigns': {
    path: '/api/campaigns',
    body: ({ incident }) => ({ name: 'planted', incidents: [incident] }),
    stranger: 403,
  },
  'GET /api/campaigns/:campaign': { path: ({ campaign }) => `/api/campaigns/${campaign}`, stranger: 403 },
  'PATCH /api/campaigns/:campaign': {
    path: ({ campaign }) => `/api/campaigns/${campaign}`,
    body: { name: 'planted' },
    stranger: 403,
  },
  'GET /api/incidents/:id/campaigns': { path: about('/campaigns'), stranger: 403 },
};
