/** Words for what must be said of a machine or a person, wherever it appears. */
export const en = {
  criticality: { low: 'Low', normal: 'Normal', high: 'High', critical: 'Critical' },
  criticalityOf: (word: string) => `Criticality: ${word}`,
  handling: {
    'never-isolate': 'Never isolate',
    'call-first': 'Call first',
    'no-scan': 'Do not scan',
  },
  call: (phone: string) => `Call first: ${phone}`,
  window: (days: string, from: string, to: string, zone: string) =>
    `Changes only ${days}, ${from}–${to} (${zone})`,
  days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as readonly string[],
  title: 'Mind these before you act',
  had: (ip: string) => `had the address ${ip}`,
  more: (count: number) => `+${count}`,
};
export type Strings = typeof en;
