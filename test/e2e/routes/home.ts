import type { Routes } from './things.ts';

export const home: Routes = {
  'GET /api/home/waiting': { path: '/api/home/waiting?tenant=globex', stranger: 404 },
  'GET /api/home/load': { path: '/api/home/load?tenant=globex', stranger: 404 },
};
