import { PROCEDURE, type Routes } from './things.ts';

/** A procedure that comes with Vigie; the test attaches it to the incident of `globex`. */
export const ATTACHED = 'phishing';
const STEP = `procedures/${ATTACHED}/steps/read-mail`;

export const procedures: Routes = {
  'GET /api/procedures': { path: '/api/procedures', stranger: 200 },
  'GET /api/procedures/coverage': { path: '/api/procedures/coverage?tenant=globex', stranger: 404 },
  'GET /api/procedures/open': {
    path: ({ incident }) => `/api/procedures/open?incidents=${incident}`,
    stranger: 200,
  },
  'GET /api/procedures/shipped/:id': { path: '/api/procedures/shipped/phishing', stranger: 200 },
  'GET /api/procedures/own/:key': {
    path: ({ procedure }) => `/api/procedures/own/${procedure}`,
    stranger: 404,
  },
  'POST /api/procedures/check': { path: '/api/procedures/check', body: PROCEDURE, stranger: 200 },
  'POST /api/procedures': {
    path: '/api/procedures',
    body: { ...PROCEDURE, tenant: 'globex' },
    stranger: 404,
  },
  'POST /api/procedures/own/:key/versions': {
    path: ({ procedure }) => `/api/procedures/own/${procedure}/versions`,
    body: { ...PROCEDURE, revision: 1 },
    stranger: 404,
  },
  'POST /api/procedures/own/:key/state': {
    path: ({ procedure }) => `/api/procedures/own/${procedure}/state`,
    body: { live: 1, revision: 1 },
    stranger: 404,
  },
  'DELETE /api/procedures/own/:key': {
    path: ({ procedure }) => `/api/procedures/own/${procedure}`,
    stranger: 404,
  },
  'GET /api/incidents/:id/procedures': {
    path: ({ incident }) => `/api/incidents/${incident}/procedures`,
    stranger: 404,
  },
  'POST /api/incidents/:id/procedures': {
    path: ({ incident }) => `/api/incidents/${incident}/procedures`,
    body: { procedure: 'ransomware' },
    stranger: 404,
  },
  'DELETE /api/incidents/:id/procedures/:procedure': {
    path: ({ incident }) => `/api/incidents/${incident}/procedures/${ATTACHED}`,
    stranger: 404,
  },
  'PATCH /api/incidents/:id/procedures/:procedure/steps/:step': {
    path: ({ incident }) => `/api/incidents/${incident}/${STEP}`,
    body: { state: 'not-applicable' },
    stranger: 404,
  },
  'GET /api/incidents/:id/procedures/:procedure/steps/:step/telling': {
    path: ({ incident }) => `/api/incidents/${incident}/procedures/${ATTACHED}/steps/tell-staff/telling`,
    stranger: 404,
  },
  'POST /api/incidents/:id/procedures/:procedure/steps/:step/telling': {
    path: ({ incident }) => `/api/incidents/${incident}/procedures/${ATTACHED}/steps/tell-staff/telling`,
    body: { how: 'phone', seen: 0, name: 'Ada', at: 1 },
    stranger: 404,
  },
  'GET /api/tenants/:id/self-telling': { path: '/api/tenants/globex/self-telling', stranger: 404 },
  'PUT /api/tenants/:id/self-telling': {
    path: '/api/tenants/globex/self-telling',
    body: { allowed: { minLevel: 'high', functions: ['client-it'] } },
    stranger: 404,
  },
  'POST /api/incidents/:id/procedures/:procedure/steps/:step/search': {
    path: ({ incident }) => `/api/incidents/${incident}/procedures/${ATTACHED}/steps/who-clicked/search`,
    body: {},
    stranger: 404,
  },
};
