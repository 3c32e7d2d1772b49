import { RANGE, type Routes } from './things.ts';

/** Exports and webhooks. */
export const programs: Routes = {
  'GET /api/incidents/:id/export': {
    path: ({ incident }) => `/api/incidents/${incident}/export?format=pdf`,
    stranger: 404,
  },
  'GET /api/incidents/export': { path: '/api/incidents/export?status=all&tenant=globex', stranger: 200 },
  'GET /api/events/export': {
    path: `/api/events/export?from=${RANGE.from}&to=${RANGE.to}&tenants=globex`,
    stranger: 200,
  },
  'GET /api/sources/export': { path: '/api/sources/export', stranger: 200 },
  'GET /api/assets/export': { path: '/api/assets/export', stranger: 200 },
  'GET /api/rules/export': { path: '/api/rules/export?q=ssh', stranger: 200 },
  'GET /api/webhooks': { path: '/api/webhooks', stranger: 200 },
  'POST /api/webhooks': {
    path: '/api/webhooks',
    body: { tenant: 'globex', name: 'mole', url: 'https://mole.example.net/', kinds: ['incident.opened'] },
    stranger: 404,
  },
  'PATCH /api/webhooks/:id': {
    path: ({ webhook }) => `/api/webhooks/${webhook}`,
    body: { url: 'https://mole.example.net/' },
    stranger: 404,
  },
  'DELETE /api/webhooks/:id': { path: ({ webhook }) => `/api/webhooks/${webhook}`, stranger: 404 },
  'POST /api/webhooks/:id/secret': {
    path: ({ webhook }) => `/api/webhooks/${webhook}/secret`,
    body: {},
    stranger: 404,
  },
  'POST /api/webhooks/:id/test': {
    path: ({ webhook }) => `/api/webhooks/${webhook}/test`,
    body: {},
    stranger: 404,
  },
  'GET /api/webhooks/:id/deliveries': {
    path: ({ webhook }) => `/api/webhooks/${webhook}/deliveries`,
    stranger: 404,
  },
  'POST /api/webhooks/:id/deliveries/:delivery/retry': {
    path: ({ webhook }) => `/api/webhooks/${webhook}/deliveries/msg_guessed/retry`,
    body: {},
    stranger: 404,
  },
};
