/** The least a figure may be, and why it is that. */
export interface Floor {
  readonly atLeast: number;
  readonly reason: string;
}

/**
 * Floors are what was measured less a margin, because a corpus is a sample: they catch what breaks, and rise
 * with what is built. Counts that must stay low are given as negative numbers.
 */
export const THRESHOLDS: Readonly<Record<string, Floor>> = {
  'rules.live': {
    atLeast: 0.95,
    reason: 'measured 0.979; the rest is for logs that no source writes yet',
  },
  'rules.refused': {
    atLeast: 0,
    reason: 'only a placeholder without values is a reason to refuse a rule that others run',
  },
  'regression.recall': {
    atLeast: 1,
    reason: 'measured 1: every rule finds the log that was recorded for it',
  },
  'reach.live': {
    atLeast: 0.97,
    reason: 'measured 0.984; the rest is mapped, and no log of samples or corpus shows it',
  },
  'stored.expressible': {
    atLeast: 0.98,
    reason: 'measured 0.9997; one rule with thousands of values is longer than a statement may be',
  },
  'stored.compared': {
    atLeast: 1,
    reason: 'the database takes every condition that is given as one',
  },
  'evtx.readable': {
    atLeast: 0.98,
    reason: 'measured 1; a file may be damaged so that nothing in it can be read',
  },
  'evtx.recognised': { atLeast: 0.99, reason: 'measured 1; a Windows event is known by its form' },
  'documents.recognised': { atLeast: 0.97, reason: 'measured 0.994; 0.97 is what is promised' },
  'documents.read': { atLeast: 0.97, reason: 'measured 0.99; a handful of 1,743 logs is not read' },
  'documents.recall': { atLeast: 0.94, reason: 'measured 0.961, reasoned differences set aside' },
  'documents.precision': { atLeast: 0.95, reason: 'measured 0.975, reasoned differences set aside' },
  'documents.agreement': { atLeast: 0.96, reason: 'measured 0.984, reasoned differences set aside' },
  'documents.least': {
    atLeast: 0.6,
    reason: 'measured 0.65: the lowest recall or precision of any technology with ten logs or more',
  },
  'documents.recall-all': { atLeast: 0.86, reason: 'measured 0.891; every difference counts' },
  'documents.precision-all': {
    atLeast: 0.63,
    reason: 'measured 0.666; a document that says more than the expected one loses here',
  },
  'lines.recognised': { atLeast: 0.97, reason: 'measured 0.999; 0.97 is what is promised' },
  'lines.failed': {
    atLeast: -0.01,
    reason: 'measured 0; a parser that throws on a line it accepted is a fault',
  },
  'triage.reduction': { atLeast: 0.99, reason: 'measured 0.996 where it is least' },
  'triage.phases': {
    atLeast: 0.97,
    reason: 'measured 1, 39 of 39; three phases hang on one or two alerts far from all else',
  },
  'triage.own': {
    atLeast: 0.96,
    reason: 'measured 1, 27 of 27 phases that caused alerts of their own',
  },
  'triage.first-incident': {
    atLeast: -60,
    reason: 'measured 18 s: seconds after the first alert that the scans caused, the slowest scenario',
  },
  'lines.unread': {
    atLeast: -0.01,
    reason: 'measured -0.006: what nothing reads, not even in its general form',
  },
  'perturbed.recognised': {
    atLeast: 0.99,
    reason: 'measured 1: what names, addresses and dates stand in a log does not decide what it is',
  },
  'perturbed.recall': {
    atLeast: 0.94,
    reason: 'measured 0.952, of 0.954 without other values; dates without a year and the like are the rest',
  },
  'perturbed.precision': { atLeast: 0.95, reason: 'measured 0.959, of 0.962 without other values' },
  'perturbed.ways-recognised': {
    atLeast: 0.985,
    reason: 'measured 0.995; a log without the field that says what it is may be of anything',
  },
  'perturbed.ways-read': { atLeast: 0.995, reason: 'measured 0.9997' },
  'perturbed.ways-kept': {
    atLeast: 0.999,
    reason: 'measured 0.9999; values in quotes that the product never quotes are the rest',
  },
  'cloudtrail.parsed': { atLeast: 0.99, reason: 'measured 1' },
};
