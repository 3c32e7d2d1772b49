import type { Routes } from './things.ts';

export const incidents: Routes = {
  'GET /api/incidents': { path: '/api/incidents?tenant=globex&status=all', stranger: 200 },
  'GET /api/incidents/:id': { path: ({ incident }) => `/api/incidents/${incident}`, stranger: 404 },
  'PATCH /api/incidents/:id': {
    path: ({ incident }) => `/api/incidents/${incident}`,
    body: { status: 'closed', verdict: 'false-positive' },
    stranger: 404,
  },
  'POST /api/incidents/:id/merge': {
    path: ({ incident }) => `/api/incidents/${incident}/merge`,
    body: ({ incident }) => ({ incidents: [incident + 1] }),
    stranger: 404,
  },
  'POST /api/incidents/:id/unmerge': {
    path: ({ incident }) => `/api/incidents/${incident}/unmerge`,
    body: {},
    stranger: 404,
  },
  'POST /api/incidents/:id/split': {
    path: ({ incident }) => `/api/incidents/${incident}/split`,
    body: { alerts: ['guessed'] },
    stranger: 404,
  },
  'POST /api/incidents/:id/detach': {
    path: ({ incident }) => `/api/incidents/${incident}/detach`,
    body: { alerts: ['guessed'] },
    stranger: 404,
  },
  'POST /api/incidents/:id/move': {
    path: ({ incident }) => `/api/incidents/${incident}/move`,
    body: ({ incident }) => ({ alerts: ['guessed'], to: incident + 1 }),
    stranger: 404,
  },
  'GET /api/alerts/loose': { path: '/api/alerts/loose?tenant=globex', stranger: 200 },
  'GET /api/outbox': { path: '/api/outbox?tenant=globex', stranger: 200 },
  'GET /api/outbox/:id': { path: ({ mail }) => `/api/outbox/${mail}`, stranger: 404 },
  'POST /api/outbox/:id/retry': { path: ({ mail }) => `/api/outbox/${mail}/retry`, stranger: 404 },
  'POST /api/mail/test': { path: '/api/mail/test', body: { to: 'mole@example.com' }, stranger: 403 },
};
