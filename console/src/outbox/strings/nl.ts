import type { Strings } from './en.ts';

export const nl: Strings = {
  title: 'Uitgaande e-mail',
  mail: 'E-mail',
  to: 'Aan',
  asText: 'Als platte tekst',
  state: 'Status',
  states: {
    all: 'Alle',
    pending: 'In wacht',
    sending: 'Wordt verzonden',
    sent: 'Verzonden',
    dead: 'Opgegeven',
  },
  columns: {
    state: 'Status',
    subject: 'Onderwerp',
    to: 'Aan',
    incident: 'Incident',
    attempts: 'Pogingen',
    created: 'Geschreven',
    sent: 'Verzonden',
  },
  retry: 'Opnieuw proberen',
  retried: 'De e-mail gaat opnieuw uit.',
  nextAttempt: 'volgende poging',
  view: (subject) => `E-mail bekijken: ${subject}`,
  emptyTitle: 'Geen e-mail',
  emptyText:
    'E-mails aan klanten wachten hier tot hun server ze aanneemt. Ze worden geschreven als een incident het niveau van een contact bereikt; contacten stelt u bij de klant in.',
  toTenants: 'Contacten instellen',
  notConfigured:
    'Er is geen mailserver ingesteld. E-mails wachten tot die er is; vul het onderdeel mail van vigie.yml in.',
  test: 'Test versturen',
  testTo: 'Versturen aan',
  testOk: (detail) => `De mailserver heeft de test aangenomen: ${detail}`,
  testBad: (detail) => `De test is mislukt: ${detail}`,
  send: 'Versturen',
  more: 'Meer tonen',
};
