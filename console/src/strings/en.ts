/** Words of the list of pages. */
export const en = {
  pages: {
    incidents: 'Incidents',
    events: 'Events',
    sources: 'Sources',
    mappings: 'Mappings',
    coverage: 'Coverage',
    rules: 'Rules',
    procedures: 'Procedures',
    exceptions: 'Exceptions',
    outbox: 'Outbox',
    tenants: 'Tenants',
    access: 'Users & keys',
    signIn: 'Sign-in',
    status: 'Status',
  },
};
export type Strings = typeof en;
