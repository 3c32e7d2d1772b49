import type { Routes } from './things.ts';

const ROTA = {
  name: 'Moles',
  startsOn: '2026-01-01',
  members: [{ name: 'Mole', email: 'mole@example.com' }],
  shifts: [{ name: 'day', from: '00:00', to: '00:00', days: [1], members: [0] }],
};
const step = (incident: number) => `/api/incidents/${incident}/regimes/gdpr/notification`;

export const clocks: Routes = {
  'GET /api/clocks': { path: '/api/clocks?tenant=globex', stranger: 404 },
  'GET /api/clocks/statistics': { path: '/api/clocks/statistics?tenant=globex', stranger: 404 },
  'GET /api/incidents/:id/clocks': {
    path: ({ incident }) => `/api/incidents/${incident}/clocks`,
    stranger: 404,
  },
  'POST /api/incidents/:id/clocks/told': {
    path: ({ incident }) => `/api/incidents/${incident}/clocks/told`,
    body: { how: 'by a mole' },
    stranger: 404,
  },
  'POST /api/incidents/:id/calls/:call/acknowledge': {
    path: ({ incident }) => `/api/incidents/${incident}/calls/guessed/acknowledge`,
    body: {},
    stranger: 404,
  },
  'GET /api/calls/:token': { path: '/api/calls/forged.token', stranger: 404 },
  'POST /api/calls/:token': { path: '/api/calls/forged.token', body: {}, stranger: 404 },
  'GET /api/rotas': { path: '/api/rotas', stranger: 403 },
  'PUT /api/rotas/:id': { path: '/api/rotas/moles', body: ROTA, stranger: 403 },
  'DELETE /api/rotas/:id': { path: '/api/rotas/moles', stranger: 403 },
  'POST /api/rotas/:id/overrides': {
    path: '/api/rotas/moles/overrides',
    body: { from: 1, to: 2, member: ROTA.members[0], kind: 'swap' },
    stranger: 403,
  },
  'DELETE /api/rotas/:id/overrides/:override': { path: '/api/rotas/moles/overrides/x', stranger: 403 },
  'POST /api/rotas/:id/notes': { path: '/api/rotas/moles/notes', body: { text: 'hm' }, stranger: 403 },
  'GET /api/regimes': { path: '/api/regimes', stranger: 200 },
  'GET /api/incidents/:id/regimes': {
    path: ({ incident }) => `/api/incidents/${incident}/regimes`,
    stranger: 404,
  },
  'POST /api/incidents/:id/regimes': {
    path: ({ incident }) => `/api/incidents/${incident}/regimes`,
    body: { regime: 'gdpr', awareAt: 1_790_000_000_000, reason: 'not mine' },
    stranger: 404,
  },
  'POST /api/incidents/:id/regimes/:regime/:step/done': {
    path: ({ incident }) => `${step(incident)}/done`,
    body: { note: 'not mine' },
    stranger: 404,
  },
  'GET /api/incidents/:id/regimes/:regime/:step/report': {
    path: ({ incident }) => `${step(incident)}/report`,
    stranger: 404,
  },
  'GET /api/incidents/:id/regimes/:regime/:step/report.md': {
    path: ({ incident }) => `${step(incident)}/report.md`,
    stranger: 404,
  },
  'PUT /api/incidents/:id/regimes/:regime/:step/report': {
    path: ({ incident }) => `${step(incident)}/report`,
    body: { language: 'en', text: 'not mine', revision: 0 },
    stranger: 404,
  },
  'GET /api/tenants/:id/profile': { path: '/api/tenants/globex/profile', stranger: 404 },
  'PUT /api/tenants/:id/profile': { path: '/api/tenants/globex/profile', body: {}, stranger: 404 },
  'GET /api/tenants/:id/sites': { path: '/api/tenants/globex/sites', stranger: 404 },
  'PUT /api/tenants/:id/sites': { path: '/api/tenants/globex/sites', body: { items: [] }, stranger: 404 },
  'GET /api/holidays': { path: '/api/holidays?country=FR&year=2026', stranger: 200 },
  'GET /api/branding': { path: '/api/branding', stranger: 200 },
  'PUT /api/branding': { path: '/api/branding', body: { name: 'Moles' }, stranger: 403 },
  'GET /api/branding/logo': { path: '/api/branding/logo', stranger: 404 },
  'PUT /api/branding/logo': {
    path: '/api/branding/logo',
    body: { type: 'image/png', data: 'AAAA' },
    stranger: 403,
  },
  'DELETE /api/branding/logo': { path: '/api/branding/logo', stranger: 403 },
};
