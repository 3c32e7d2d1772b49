import { MAPPING, type Routes } from './things.ts';

export const mappings: Routes = {
  'GET /api/mappings': { path: '/api/mappings', stranger: 200 },
  'GET /api/mappings/fields': { path: '/api/mappings/fields', stranger: 200 },
  'GET /api/mappings/lines': { path: '/api/mappings/lines?tenant=globex&source=vault', stranger: 404 },
  'POST /api/mappings/preview': {
    path: '/api/mappings/preview',
    body: { tenant: 'globex', definition: MAPPING, lines: [] },
    stranger: 404,
  },
  'POST /api/mappings/suggest': {
    path: '/api/mappings/suggest',
    body: { lines: ['{"src_ip":"192.0.2.1","user":"ana"}'] },
    stranger: 200,
  },
  'POST /api/mappings': {
    path: '/api/mappings',
    body: { tenant: 'globex', definition: MAPPING },
    stranger: 404,
  },
  'POST /api/mappings/import': {
    path: '/api/mappings/import',
    body: { tenant: null, yaml: JSON.stringify(MAPPING) },
    stranger: 403,
  },
  'GET /api/mappings/:key': { path: ({ mapping }) => `/api/mappings/${mapping}`, stranger: 404 },
  'GET /api/mappings/:key/file': { path: ({ mapping }) => `/api/mappings/${mapping}/file`, stranger: 404 },
  'POST /api/mappings/:key/versions': {
    path: ({ mapping }) => `/api/mappings/${mapping}/versions`,
    body: { definition: MAPPING, revision: 1 },
    stranger: 404,
  },
  'POST /api/mappings/:key/state': {
    path: ({ mapping }) => `/api/mappings/${mapping}/state`,
    body: { to: 'retired', number: 1, revision: 1 },
    stranger: 404,
  },
  'DELETE /api/mappings/:key': { path: ({ mapping }) => `/api/mappings/${mapping}`, stranger: 404 },
};
