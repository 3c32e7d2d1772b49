import type { Strings } from './en.ts';

export const de: Strings = {
  pages: {
    incidents: 'Vorfälle',
    events: 'Ereignisse',
    sources: 'Quellen',
    mappings: 'Zuordnungen',
    coverage: 'Abdeckung',
    rules: 'Regeln',
    procedures: 'Verfahren',
    exceptions: 'Ausnahmen',
    outbox: 'Postausgang',
    tenants: 'Mandanten',
    access: 'Benutzer und Schlüssel',
    signIn: 'Anmeldung',
    status: 'Status',
  },
};
