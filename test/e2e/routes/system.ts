import type { Routes } from './things.ts';

export const system: Routes = {
  'GET /api/health': { path: '/api/health', stranger: 200 },
  'GET /api/status': { path: '/api/status', stranger: 200 },
  'GET /api/stream': { path: '/api/stream', stranger: 200 },
  'GET /api/openapi.json': { path: '/api/openapi.json', stranger: 200 },
};
