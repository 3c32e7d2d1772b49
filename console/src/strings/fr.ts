import type { Strings } from './en.ts';

export const fr: Strings = {
  pages: {
    incidents: 'Incidents',
    events: 'Événements',
    sources: 'Sources',
    mappings: 'Correspondances',
    coverage: 'Couverture',
    rules: 'Règles',
    procedures: 'Procédures',
    exceptions: 'Exceptions',
    outbox: 'Envois',
    tenants: 'Clients',
    access: 'Utilisateurs et clés',
    signIn: 'Connexion',
    status: 'État',
  },
};
