import type { Routes } from './things.ts';

export const access: Routes = {
  'POST /api/session': {
    path: '/api/session',
    body: { email: 'admin@vigie.local', password: 'guessed' },
    stranger: 401,
  },
  'GET /api/session': { path: '/api/session', stranger: 200 },
  'DELETE /api/session': { path: '/api/session', stranger: 204 },
  'POST /api/session/password': {
    path: '/api/session/password',
    body: { current: 'guessed', next: 'a new password' },
    stranger: 400,
  },
  'GET /api/users': { path: '/api/users', stranger: 403 },
  'POST /api/users': {
    path: '/api/users',
    body: { email: 'mole@example.com', name: 'Mole', role: 'administrator', tenants: null },
    stranger: 403,
  },
  'POST /api/users/:email/reset': { path: '/api/users/admin@vigie.local/reset', stranger: 403 },
  'DELETE /api/users/:email': { path: '/api/users/admin@vigie.local', stranger: 403 },
  'GET /api/keys': { path: '/api/keys', stranger: 403 },
  'POST /api/keys': {
    path: '/api/keys',
    body: { name: 'mole', role: 'reader', tenants: null },
    stranger: 403,
  },
  'DELETE /api/keys/:id': { path: ({ key }) => `/api/keys/${key}`, stranger: 403 },
};
