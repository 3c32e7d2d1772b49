import { BACKTEST, RANGE, type Routes } from './things.ts';

export const rules: Routes = {
  'GET /api/rules': { path: '/api/rules', stranger: 200 },
  'GET /api/rules/:id': { path: ({ rule }) => `/api/rules/${rule}`, stranger: 200 },
  'PATCH /api/rules/:id': {
    path: ({ rule }) => `/api/rules/${rule}`,
    body: { enabled: false },
    stranger: 403,
  },
  'POST /api/rules/backtest': {
    path: '/api/rules/backtest',
    body: { ...RANGE, tenants: ['globex'], text: BACKTEST },
    stranger: 200,
  },
  'GET /api/rules/:id/hits': { path: ({ rule }) => `/api/rules/${rule}/hits`, stranger: 200 },
  'GET /api/rules/:id/precision': {
    path: ({ rule }) => `/api/rules/${rule}/precision?tenant=globex`,
    stranger: 404,
  },
  'GET /api/detection-quality': { path: '/api/detection-quality', stranger: 200 },
  'GET /api/relevance': { path: '/api/relevance', stranger: 403 },
  'POST /api/relevance/train': { path: '/api/relevance/train', body: {}, stranger: 403 },
  'GET /api/rules/:id/versions': { path: ({ rule }) => `/api/rules/${rule}/versions`, stranger: 403 },
  'GET /api/rules/:id/versions/:number': {
    path: ({ rule }) => `/api/rules/${rule}/versions/1`,
    stranger: 403,
  },
  'POST /api/rules/:id/versions': {
    path: ({ rule }) => `/api/rules/${rule}/versions`,
    body: { text: BACKTEST, revision: 0 },
    stranger: 403,
  },
  'POST /api/rules/:id/versions/:number/state': {
    path: ({ rule }) => `/api/rules/${rule}/versions/1/state`,
    body: { to: 'test', revision: 1 },
    stranger: 403,
  },
  'POST /api/rules/validate': { path: '/api/rules/validate', body: { text: BACKTEST }, stranger: 403 },
  'POST /api/rules/explain': {
    path: '/api/rules/explain',
    body: ({ event }) => ({ text: BACKTEST, event: { tenant: 'globex', id: event } }),
    stranger: 404,
  },
  'GET /api/sigma/vocabulary': { path: '/api/sigma/vocabulary', stranger: 200 },
  'GET /api/sigma/fields': { path: '/api/sigma/fields?product=linux', stranger: 200 },
  'POST /api/rules/import': { path: '/api/rules/import', body: { origin: 'mole', files: [] }, stranger: 403 },
  'POST /api/rules/reload': { path: '/api/rules/reload', stranger: 403 },
  'GET /api/rules/pipelines': { path: '/api/rules/pipelines', stranger: 403 },
  'PUT /api/rules/pipelines': {
    path: '/api/rules/pipelines',
    body: { origin: 'mole', pipelines: [] },
    stranger: 403,
  },
  'PUT /api/rules/placeholders/:name': {
    path: '/api/rules/placeholders/moles',
    body: { values: ['mole'] },
    stranger: 403,
  },
  'DELETE /api/rules/placeholders/:name': { path: '/api/rules/placeholders/moles', stranger: 403 },
};
