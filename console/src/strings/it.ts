import type { Strings } from './en.ts';

export const it: Strings = {
  pages: {
    incidents: 'Incidenti',
    events: 'Eventi',
    sources: 'Sorgenti',
    mappings: 'Mappature',
    coverage: 'Copertura',
    rules: 'Regole',
    procedures: 'Procedure',
    exceptions: 'Eccezioni',
    outbox: 'Posta in uscita',
    tenants: 'Clienti',
    access: 'Utenti e chiavi',
    signIn: 'Accesso',
    status: 'Stato',
  },
};
