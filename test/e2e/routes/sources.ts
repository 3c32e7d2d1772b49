import { CONNECTOR, type Routes, SOURCE, WEF } from './things.ts';

export const sources: Routes = {
  'GET /api/sources': { path: '/api/sources?tenant=globex', stranger: 200 },
  'POST /api/sources': { path: '/api/sources', body: { id: 'mole', tenant: 'globex' }, stranger: 404 },
  'GET /api/sources/:tenant/:id': { path: SOURCE, stranger: 404 },
  'PATCH /api/sources/:tenant/:id': { path: SOURCE, body: { enabled: false }, stranger: 404 },
  'DELETE /api/sources/:tenant/:id': { path: SOURCE, stranger: 404 },
  'POST /api/sources/:tenant/:id/token': { path: `${SOURCE}/token`, stranger: 404 },
  'POST /api/sources/:tenant/:id/import': {
    path: `${SOURCE}/import`,
    body: { items: [{ message: 'planted', key: '1' }] },
    stranger: 404,
  },
  'GET /api/sources/:tenant/:id/failures': { path: `${SOURCE}/failures`, stranger: 404 },
  'GET /api/sources/:tenant/:id/health': { path: `${SOURCE}/health`, stranger: 404 },
  'GET /api/source-alerts': { path: '/api/source-alerts?tenant=globex&state=all', stranger: 200 },
  'POST /api/source-alerts/:id/acknowledge': {
    path: ({ alert }) => `/api/source-alerts/${alert}/acknowledge`,
    body: { note: 'not mine', usual: true },
    stranger: 404,
  },
  'GET /api/maintenance': { path: '/api/maintenance?tenant=globex&state=all', stranger: 200 },
  'POST /api/maintenance': {
    path: '/api/maintenance',
    body: { tenant: 'globex', when: { kind: 'once', from: 0, to: 4_000_000_000_000 }, reason: 'not mine' },
    stranger: 404,
  },
  'POST /api/maintenance/:id/end': {
    path: ({ maintenance }) => `/api/maintenance/${maintenance}/end`,
    stranger: 404,
  },
  'GET /api/coverage': { path: '/api/coverage?tenant=globex', stranger: 404 },
  'GET /api/coverage/tenants': { path: '/api/coverage/tenants', stranger: 200 },
  'GET /api/coverage/matrix': { path: '/api/coverage/matrix?tenant=globex', stranger: 404 },
  'GET /api/coverage/layer': { path: '/api/coverage/layer?tenant=globex', stranger: 404 },
  'GET /api/coverage/techniques/:technique': {
    path: '/api/coverage/techniques/T1110?tenant=globex',
    stranger: 404,
  },
  'GET /api/connectors/types': { path: '/api/connectors/types', stranger: 200 },
  'GET /api/connectors': { path: '/api/connectors?tenant=globex', stranger: 200 },
  'GET /api/sources/:tenant/:id/wef': { path: `${SOURCE}/wef`, stranger: 404 },
  'PUT /api/sources/:tenant/:id/wef': { path: `${SOURCE}/wef`, body: WEF, stranger: 404 },
  'DELETE /api/sources/:tenant/:id/wef': { path: `${SOURCE}/wef`, stranger: 404 },
  'GET /api/sources/:tenant/:id/wef/machines': { path: `${SOURCE}/wef/machines`, stranger: 404 },
  'DELETE /api/sources/:tenant/:id/wef/machines/:machine': {
    path: `${SOURCE}/wef/machines/${'0'.repeat(24)}`,
    stranger: 404,
  },
  'GET /api/sources/:tenant/:id/connector': { path: `${SOURCE}/connector`, stranger: 404 },
  'PUT /api/sources/:tenant/:id/connector': {
    path: `${SOURCE}/connector`,
    body: CONNECTOR,
    stranger: 404,
  },
  'PATCH /api/sources/:tenant/:id/connector': {
    path: `${SOURCE}/connector`,
    body: { paused: true },
    stranger: 404,
  },
  'DELETE /api/sources/:tenant/:id/connector': { path: `${SOURCE}/connector`, stranger: 404 },
  'POST /api/sources/:tenant/:id/connector/test': {
    path: `${SOURCE}/connector/test`,
    body: CONNECTOR,
    stranger: 404,
  },
  'POST /api/secrets/rotate': { path: '/api/secrets/rotate', body: {}, stranger: 403 },
};
