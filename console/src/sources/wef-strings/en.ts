import { numbersIn } from '../../ui/numbers.ts';

const { count } = numbersIn('en');

/** Words of Windows Event Forwarding. */
export const en = {
  title: 'Windows machines without an agent',
  none: 'No Windows machine forwards its event logs to this source yet. Say whose certificates its machines have.',
  authority: 'Certificates issued by',
  thumbprint: 'Thumbprint for the group policy (IssuerCA)',
  assign: 'Belongs to this source',
  assigned: 'Machines with these certificates belong to this source now.',
  machines: 'Machines',
  ailing: (late: number) => (late === 0 ? 'all heard of in time' : `${late} late or given up`),
  total: (machines: number) => count(machines, 'machine', 'machines'),
  first: (machines: string) => `The ${machines} that were heard longest ago.`,
  asked: 'Asked for',
  askedText: (queries: number) => count(queries, 'query', 'queries'),
  standard: 'the standard set',
  off: 'nothing: forwarding is off',
  change: 'Change what is asked for…',
  show: 'Show machines',
  columns: {
    machine: 'Machine',
    state: 'State',
    heard: 'Last heard',
    events: 'Events',
    version: 'Works by',
  },
  states: { ok: 'forwards', late: 'late', ended: 'gave up' },
  current: 'what is asked for now',
  outdated: 'an earlier version',
  certificate: (name: string) => `Certificate: ${name}`,
  forget: 'Forget',
  forgetTitle: 'Forget this machine?',
  forgetText: (name: string) =>
    `${name} leaves the list, and where it had come to is forgotten. If it comes again, it begins with its next event.`,
  forgotten: 'Forgotten.',
  form: (source: string) => `What the Windows machines of ${source} forward`,
  enabled: 'Machines forward their events',
  channel: 'Event log',
  xpath: 'Which events (XPath; * is all)',
  addQuery: 'Add a query',
  removeQuery: (channel: string) => `Remove ${channel}`,
  newChannel:
    'Windows sends everything that an added log holds already, not only what is new: add large logs at a quiet hour.',
  rendered: 'With texts in the machine’s language (several times as large)',
  existing: 'New machines send what their logs hold already',
  latency: 'Machines gather events for (seconds)',
  heartbeat: 'Sign of life after (seconds)',
  save: 'Save',
  reset: 'Use the standard set',
  saved: 'Saved. Machines take it up when they next ask, usually within minutes.',
};
export type Strings = typeof en;
