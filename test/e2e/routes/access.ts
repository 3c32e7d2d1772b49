import type { Routes } from './things.ts';

/** Somebody at `globex`. */
const GUS = '/api/users/gus@globex.example.com';
const GRANT = { name: 'Mole', role: 'provider-administrator', tenants: null };

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
  'PUT /api/session/language': { path: '/api/session/language', body: { language: 'de' }, stranger: 400 },
  // The stranger comes by a key, which has no sessions.
  'GET /api/sessions': { path: '/api/sessions', stranger: 400 },
  'DELETE /api/sessions': { path: '/api/sessions', stranger: 400 },
  'DELETE /api/sessions/:id': { path: '/api/sessions/guessed', stranger: 400 },
  'GET /api/users': { path: '/api/users', stranger: 200 },
  'POST /api/users': {
    path: '/api/users',
    body: { email: 'mole@example.com', ...GRANT },
    stranger: 403,
  },
  'PATCH /api/users/:email': { path: GUS, body: { tenants: ['acme'] }, stranger: 404 },
  'POST /api/users/:email/reset': { path: `${GUS}/reset`, stranger: 404 },
  'DELETE /api/users/:email': { path: GUS, stranger: 404 },
  'GET /api/users/:email/sessions': { path: `${GUS}/sessions`, stranger: 404 },
  'DELETE /api/users/:email/sessions': { path: `${GUS}/sessions`, stranger: 404 },
  'DELETE /api/users/:email/sessions/:id': { path: `${GUS}/sessions/guessed`, stranger: 404 },
  'GET /api/service-accounts': { path: '/api/service-accounts', stranger: 200 },
  'POST /api/service-accounts': { path: '/api/service-accounts', body: GRANT, stranger: 403 },
  'PATCH /api/service-accounts/:id': {
    path: ({ service }) => `/api/service-accounts/${service}`,
    body: { tenants: ['acme'] },
    stranger: 404,
  },
  'DELETE /api/service-accounts/:id': {
    path: ({ service }) => `/api/service-accounts/${service}`,
    stranger: 404,
  },
  'POST /api/service-accounts/:id/keys': {
    path: ({ service }) => `/api/service-accounts/${service}/keys`,
    body: { name: 'mole' },
    stranger: 404,
  },
  'GET /api/keys': { path: '/api/keys', stranger: 200 },
  'POST /api/keys': { path: '/api/keys', body: { name: 'mole' }, stranger: 400 },
  'DELETE /api/keys/:id': { path: ({ key }) => `/api/keys/${key}`, stranger: 404 },
};
