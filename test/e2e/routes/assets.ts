import { ASSET, type Routes } from './things.ts';

const ONE = ({ asset }: { asset: string }) => `/api/assets/globex/${asset}`;

export const assets: Routes = {
  'GET /api/assets': { path: '/api/assets', stranger: 200 },
  'PUT /api/assets': { path: '/api/assets', body: { items: [ASSET] }, stranger: 404 },
  'POST /api/assets': { path: '/api/assets', body: ASSET, stranger: 404 },
  'POST /api/assets/bulk': {
    path: '/api/assets/bulk',
    body: ({ asset }) => ({ items: [{ tenant: 'globex', id: asset }], patch: { note: 'taken' } }),
    stranger: 404,
  },
  'POST /api/assets/import': {
    path: '/api/assets/import',
    body: { tenant: 'globex', text: 'name\ntaken', save: true },
    stranger: 404,
  },
  'POST /api/assets/resolve': {
    path: '/api/assets/resolve',
    body: { items: [{ tenant: 'globex', entities: [{ type: 'host', value: 'globex-db' }] }] },
    stranger: 404,
  },
  'GET /api/assets/directories': { path: '/api/assets/directories?tenant=globex', stranger: 200 },
  'POST /api/assets/directories/:tenant/:name/sync': {
    path: '/api/assets/directories/globex/dc/sync',
    body: {},
    stranger: 404,
  },
  'GET /api/assets/:tenant/:id': { path: ONE, stranger: 404 },
  'PATCH /api/assets/:tenant/:id': { path: ONE, body: { note: 'taken' }, stranger: 404 },
  'GET /api/assets/:tenant/:id/timeline': { path: (things) => `${ONE(things)}/timeline`, stranger: 404 },
  'GET /api/assets/:tenant/:id/peers': { path: (things) => `${ONE(things)}/peers`, stranger: 404 },
  'POST /api/assets/:tenant/:id/comments': {
    path: (things) => `${ONE(things)}/comments`,
    body: { text: 'taken' },
    stranger: 404,
  },
  'POST /api/assets/:tenant/:id/merge': {
    path: (things) => `${ONE(things)}/merge`,
    body: { with: 'x' },
    stranger: 404,
  },
  'POST /api/assets/:tenant/:id/merges/:merge/undo': {
    path: (things) => `${ONE(things)}/merges/1/undo`,
    body: {},
    stranger: 404,
  },
  'POST /api/assets/:tenant/:id/erase': {
    path: (things) => `${ONE(things)}/erase`,
    body: {},
    stranger: 404,
  },
};
