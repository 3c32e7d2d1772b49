import type { Strings } from './en.ts';

export const nl: Strings = {
  pages: {
    incidents: 'Incidenten',
    events: 'Gebeurtenissen',
    sources: 'Bronnen',
    mappings: 'Mappings',
    coverage: 'Dekking',
    rules: 'Regels',
    procedures: 'Procedures',
    exceptions: 'Uitzonderingen',
    outbox: 'Uitgaande e-mail',
    tenants: 'Klanten',
    access: 'Gebruikers en sleutels',
    signIn: 'Aanmelding',
    status: 'Status',
  },
};
