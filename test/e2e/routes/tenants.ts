import type { Routes } from './things.ts';

export const tenants: Routes = {
  'GET /api/tenants': { path: '/api/tenants', stranger: 200 },
  'POST /api/tenants': { path: '/api/tenants', body: { id: 'mole', name: 'Mole' }, stranger: 403 },
  'GET /api/tenants/:id': { path: '/api/tenants/globex', stranger: 404 },
  'PATCH /api/tenants/:id': { path: '/api/tenants/globex', body: { name: 'Mole' }, stranger: 404 },
  'DELETE /api/tenants/:id': { path: '/api/tenants/globex', stranger: 403 },
  'GET /api/quarantine': { path: '/api/quarantine', stranger: 403 },
  'POST /api/quarantine/:id/assign': {
    path: ({ quarantine }) => `/api/quarantine/${quarantine}/assign`,
    body: { tenant: 'acme', source: 'own' },
    stranger: 403,
  },
  'DELETE /api/quarantine/:id': { path: ({ quarantine }) => `/api/quarantine/${quarantine}`, stranger: 403 },
  'POST /api/demo': { path: '/api/demo', stranger: 403 },
  'DELETE /api/demo': { path: '/api/demo', stranger: 403 },
};
