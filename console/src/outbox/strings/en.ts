/** Words of the outbox. */
export const en = {
  title: 'Outbox',
  mail: 'Mail',
  to: 'To',
  asText: 'As plain text',
  state: 'State',
  states: { all: 'All', pending: 'Waiting', sending: 'Sending', sent: 'Sent', dead: 'Given up' },
  columns: {
    state: 'State',
    subject: 'Subject',
    to: 'To',
    incident: 'Incident',
    attempts: 'Attempts',
    created: 'Written',
    sent: 'Sent',
  },
  retry: 'Try again',
  retried: 'The mail goes out again.',
  nextAttempt: 'next attempt',
  view: (subject: string) => `View mail: ${subject}`,
  emptyTitle: 'No mail here',
  emptyText:
    'Mails to clients wait here until their server accepts them. They are written when an incident reaches a contact’s level; contacts belong to the tenant.',
  toTenants: 'Set up contacts',
  notConfigured: 'No mail server is configured. Mails wait until one is; set the mail section of vigie.yml.',
  test: 'Send a test',
  testTo: 'Send to',
  testOk: (detail: string) => `The mail server accepted the test: ${detail}`,
  testBad: (detail: string) => `The test failed: ${detail}`,
  send: 'Send',
  more: 'Show more',
};
export type Strings = typeof en;
