import { RANGE, type Routes } from './things.ts';

export const events: Routes = {
  'POST /api/events/search': {
    path: '/api/events/search',
    body: { ...RANGE, tenants: ['globex'], q: '' },
    stranger: 200,
  },
  'POST /api/events/histogram': {
    path: '/api/events/histogram',
    body: { ...RANGE, tenants: ['globex'], q: '' },
    stranger: 200,
  },
  'GET /api/events/:tenant/:id': { path: ({ event }) => `/api/events/globex/${event}`, stranger: 404 },
};
