import { QUIET, QUIET_REASON, type Routes } from './things.ts';

export const exceptions: Routes = {
  'GET /api/exceptions': { path: '/api/exceptions?tenant=globex&state=all', stranger: 404 },
  'GET /api/exceptions/:id': { path: ({ exception }) => `/api/exceptions/${exception}`, stranger: 404 },
  'POST /api/exceptions': {
    path: '/api/exceptions',
    body: { ...QUIET, token: 'guessed', reason: QUIET_REASON },
    stranger: 404,
  },
  'POST /api/exceptions/preview': {
    path: '/api/exceptions/preview',
    body: { draft: QUIET },
    stranger: 404,
  },
  'POST /api/exceptions/suggest': {
    path: '/api/exceptions/suggest',
    body: { tenant: 'globex', rule: 'f070c9c4-ab20-433a-8a91-1a35b7cae7cb' },
    stranger: 404,
  },
  'POST /api/exceptions/:id/revoke': {
    path: ({ exception }) => `/api/exceptions/${exception}/revoke`,
    body: { reason: 'not mine' },
    stranger: 404,
  },
  'POST /api/exceptions/:id/extend': {
    path: ({ exception }) => `/api/exceptions/${exception}/extend`,
    body: { reason: 'not mine', expiresAt: 4_000_000_000_000 },
    stranger: 404,
  },
};
