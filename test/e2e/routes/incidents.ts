import type { Routes } from './things.ts';

export const incidents: Routes = {
  'GET /api/incidents': { path: '/api/incidents?tenant=globex&status=all', stranger: 200 },
  'GET /api/incidents/:id': { path: ({ incident }) => `/api/incidents/${incident}`, stranger: 404 },
  'PATCH /api/incidents/:id': {
    path: ({ incident }) => `/api/incidents/${incident}`,
    body: { status: 'closed', verdict: 'false-positive' },
    stranger: 404,
  },
  'POST /api/incidents/bulk': {
    path: '/api/incidents/bulk',
    body: ({ incident }) => ({ ids: [incident], change: { status: 'closed' } }),
    stranger: 200,
  },
  'POST /api/incidents/undo': { path: '/api/incidents/undo', body: { undo: 'guessed' }, stranger: 404 },
  'POST /api/incidents/:id/seen': {
    path: ({ incident }) => `/api/incidents/${incident}/seen`,
    body: {},
    stranger: 404,
  },
  'GET /api/incidents/owners': { path: '/api/incidents/owners', stranger: 200 },
  'GET /api/incidents/:id/verdicts': {
    path: ({ incident }) => `/api/incidents/${incident}/verdicts`,
    stranger: 404,
  },
  'POST /api/incidents/:id/verdicts': {
    path: ({ incident }) => `/api/incidents/${incident}/verdicts`,
    body: { verdict: 'false-positive', reason: 'wrong-data' },
    stranger: 404,
  },
  'POST /api/verdicts/:tenant/:id/replies': {
    path: '/api/verdicts/globex/1/replies',
    body: { agrees: true },
    stranger: 404,
  },
  'GET /api/incidents/:id/relevance': {
    path: ({ incident }) => `/api/incidents/${incident}/relevance`,
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
  'GET /api/alerts/loose/:tenant/:id': { path: '/api/alerts/loose/globex/guessed', stranger: 404 },
  'POST /api/alerts/join': {
    path: '/api/alerts/join',
    body: ({ incident }) => ({ tenant: 'globex', alerts: ['guessed'], to: incident }),
    stranger: 404,
  },
  'POST /api/alerts/promote': {
    path: '/api/alerts/promote',
    body: { tenant: 'globex', alerts: ['guessed'] },
    stranger: 404,
  },
  'POST /api/alerts/review': {
    path: '/api/alerts/review',
    body: { tenant: 'globex', alerts: ['guessed'], as: 'routine' },
    stranger: 404,
  },
  'GET /api/views': { path: '/api/views', stranger: 200 },
  // Views belong to people; the stranger comes with a key.
  'POST /api/views': { path: '/api/views', body: { name: 'v', query: { tenant: 'globex' } }, stranger: 400 },
  'PATCH /api/views/:id': { path: '/api/views/guessed', body: { name: 'v' }, stranger: 400 },
  'DELETE /api/views/:id': { path: '/api/views/guessed', stranger: 400 },
  'GET /api/outbox': { path: '/api/outbox?tenant=globex', stranger: 200 },
  'GET /api/outbox/:id': { path: ({ mail }) => `/api/outbox/${mail}`, stranger: 404 },
  'POST /api/outbox/:id/retry': { path: ({ mail }) => `/api/outbox/${mail}/retry`, stranger: 404 },
  'POST /api/mail/test': { path: '/api/mail/test', body: { to: 'mole@example.com' }, stranger: 403 },
};
