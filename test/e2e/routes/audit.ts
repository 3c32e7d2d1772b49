import type { Routes } from './things.ts';

export const audit: Routes = {
  'GET /api/audit': { path: '/api/audit?tenant=globex', stranger: 404 },
  'GET /api/audit/export': { path: '/api/audit/export?tenant=globex', stranger: 404 },
  'GET /api/audit/state': { path: '/api/audit/state', stranger: 200 },
  'POST /api/audit/verify': { path: '/api/audit/verify', body: {}, stranger: 403 },
  'POST /api/audit/anchor': { path: '/api/audit/anchor', body: {}, stranger: 403 },
  'POST /api/audit/erase': {
    path: '/api/audit/erase',
    body: { person: 'admin@vigie.local' },
    stranger: 403,
  },
};
