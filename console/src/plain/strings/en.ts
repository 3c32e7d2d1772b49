/** What pages are to the people of a client: a name without jargon, and what the page is good for. */
export const en = {
  sections: { systems: 'Your systems', closer: 'Look closer', organisation: 'Your organisation' },
  waiting: 'Waiting for you',
  pages: {
    '/': { name: 'Overview', about: '' },
    '/incidents': { name: 'Incidents', about: 'What we found at your organisation, and how it stands.' },
    '/clocks': {
      name: 'Response times',
      about: 'How soon we promised to act, and how much of that time is left.',
    },
    '/outbox': { name: 'Mails to you', about: 'What we wrote to you, and whether it has arrived.' },
    '/sources': {
      name: 'What we watch',
      about: 'The systems that send us their logs. What is silent can’t be watched.',
    },
    '/assets': {
      name: 'Machines and people',
      about:
        'What we know of your machines and accounts: how much depends on them, and what must not be done to them.',
    },
    '/coverage': {
      name: 'What we detect',
      about: 'The ways of attack that would be noticed with the logs that we get from you.',
    },
    '/exceptions': {
      name: 'Agreed exceptions',
      about: 'What is normal at your organisation and raises no alarm, with its reason and its end.',
    },
    '/events': {
      name: 'Search in logs',
      about: 'Everything that your systems sent, for those who want to look closer.',
    },
    '/procedures': {
      name: 'Procedures',
      about: 'What is done in an incident, step by step. Some steps are yours.',
    },
    '/rules': { name: 'Rules', about: 'What each detection looks for.' },
    '/mappings': {
      name: 'How logs are read',
      about: 'How the lines of a system of your own become fields that can be searched.',
    },
    '/tenants': {
      name: 'Contacts & contract',
      about: 'Whom we tell and call, when you work, and what we agreed.',
    },
    '/access': { name: 'Users & keys', about: 'Who may come in here, and what they may do.' },
    '/single-sign-on': { name: 'Sign-in', about: 'How your people prove who they are.' },
    '/webhooks': { name: 'Webhooks', about: 'Programs of yours that are told what happens.' },
    '/audit': { name: 'Audit log', about: 'Who did what here, and when.' },
  },
};
export type Strings = typeof en;
