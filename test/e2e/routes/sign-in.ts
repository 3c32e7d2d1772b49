import type { Routes } from './things.ts';

const PASSWORD = { password: 'guessed' };
const IDENTITY_PROVIDER = { kind: 'oidc', issuer: 'https://idp.example.org', clientId: 'mole' };
const CONNECTION = { name: 'Mole', protocol: IDENTITY_PROVIDER };
const BUFFER = 'Z3Vlc3NlZA';
const CREDENTIAL = { id: BUFFER, rawId: BUFFER, type: 'public-key', clientExtensionResults: {} };
const USER = { userName: 'mole@globex.example.com' };

export const signIn: Routes = {
  'GET /api/sign-in': { path: '/api/sign-in', stranger: 200 },
  'POST /api/sign-in/discover': {
    path: '/api/sign-in/discover',
    body: { email: 'gus@globex.example.com' },
    stranger: 200,
  },
  'POST /api/sign-in/second-factor': {
    path: '/api/sign-in/second-factor',
    body: { code: '000000' },
    stranger: 401,
  },
  'POST /api/sign-in/passkey/options': { path: '/api/sign-in/passkey/options', stranger: 200 },
  'POST /api/sign-in/passkey': {
    path: '/api/sign-in/passkey',
    body: {
      response: {
        ...CREDENTIAL,
        response: { clientDataJSON: BUFFER, authenticatorData: BUFFER, signature: BUFFER },
      },
    },
    stranger: 401,
  },
  // A browser is sent to the first page with a reason; who follows with a key is a sender there, and an unknown one.
  'GET /api/sign-in/sso/:id/start': { path: '/api/sign-in/sso/guessed/start', stranger: 401 },
  'GET /api/sign-in/sso/:id/callback': { path: '/api/sign-in/sso/guessed/callback?code=x', stranger: 401 },
  'GET /api/sign-in/sso/:id/finish': { path: '/api/sign-in/sso/guessed/finish', stranger: 401 },
  'GET /api/sign-in/sso/:id/metadata': { path: '/api/sign-in/sso/guessed/metadata', stranger: 404 },
  'POST /api/sign-in/sso/:id/acs': {
    path: '/api/sign-in/sso/guessed/acs',
    body: { SAMLResponse: 'Z3Vlc3NlZA' },
    stranger: 401,
  },
  // The stranger comes by a key, which has no second factor.
  'GET /api/security': { path: '/api/security', stranger: 400 },
  'POST /api/security/totp': { path: '/api/security/totp', body: PASSWORD, stranger: 400 },
  'POST /api/security/totp/confirm': {
    path: '/api/security/totp/confirm',
    body: { code: '000000' },
    stranger: 400,
  },
  'POST /api/security/totp/remove': { path: '/api/security/totp/remove', body: PASSWORD, stranger: 400 },
  'POST /api/security/recovery-codes': {
    path: '/api/security/recovery-codes',
    body: PASSWORD,
    stranger: 400,
  },
  'POST /api/security/passkeys/options': {
    path: '/api/security/passkeys/options',
    body: PASSWORD,
    stranger: 400,
  },
  'POST /api/security/passkeys': {
    path: '/api/security/passkeys',
    body: {
      name: 'mole',
      response: { ...CREDENTIAL, response: { clientDataJSON: BUFFER, attestationObject: BUFFER } },
    },
    stranger: 400,
  },
  'PATCH /api/security/passkeys/:id': {
    path: '/api/security/passkeys/guessed',
    body: { name: 'mole' },
    stranger: 400,
  },
  'POST /api/security/passkeys/:id/remove': {
    path: '/api/security/passkeys/guessed/remove',
    body: PASSWORD,
    stranger: 400,
  },
  'DELETE /api/users/:email/second-factors': {
    path: '/api/users/gus@globex.example.com/second-factors',
    stranger: 404,
  },
  'GET /api/sign-in-settings': { path: '/api/sign-in-settings?tenant=globex', stranger: 404 },
  'PUT /api/sign-in-settings': {
    path: '/api/sign-in-settings',
    body: { tenant: 'globex', secondFactor: true },
    stranger: 404,
  },
  'POST /api/sign-in-connections': {
    path: '/api/sign-in-connections',
    body: { ...CONNECTION, tenant: 'globex' },
    stranger: 404,
  },
  'PUT /api/sign-in-connections/:id': {
    path: ({ connection }) => `/api/sign-in-connections/${connection}`,
    body: CONNECTION,
    stranger: 404,
  },
  'DELETE /api/sign-in-connections/:id': {
    path: ({ connection }) => `/api/sign-in-connections/${connection}`,
    stranger: 404,
  },
  'POST /api/sign-in-connections/:id/check': {
    path: ({ connection }) => `/api/sign-in-connections/${connection}/check`,
    stranger: 404,
  },
  'POST /api/sign-in-connections/:id/scim-token': {
    path: ({ connection }) => `/api/sign-in-connections/${connection}/scim-token`,
    stranger: 404,
  },
  'DELETE /api/sign-in-connections/:id/scim-token': {
    path: ({ connection }) => `/api/sign-in-connections/${connection}/scim-token`,
    stranger: 404,
  },
  // Provisioning knows its callers by the token of a connection, and an API key is none.
  'GET /scim/v2/ServiceProviderConfig': { path: '/scim/v2/ServiceProviderConfig', stranger: 401 },
  'GET /scim/v2/ResourceTypes': { path: '/scim/v2/ResourceTypes', stranger: 401 },
  'GET /scim/v2/Users': { path: '/scim/v2/Users', stranger: 401 },
  'POST /scim/v2/Users': { path: '/scim/v2/Users', body: USER, stranger: 401 },
  'GET /scim/v2/Users/:id': { path: '/scim/v2/Users/guessed', stranger: 401 },
  'PUT /scim/v2/Users/:id': { path: '/scim/v2/Users/guessed', body: USER, stranger: 401 },
  'PATCH /scim/v2/Users/:id': { path: '/scim/v2/Users/guessed', body: {}, stranger: 401 },
  'DELETE /scim/v2/Users/:id': { path: '/scim/v2/Users/guessed', stranger: 401 },
};
