import type { IncidentStatus, Level, Verdict } from '../api/types.ts';

/** Words that every page shares. */
export const ui = {
  level: {
    informational: 'Info',
    low: 'Low',
    medium: 'Medium',
    high: 'High',
    critical: 'Critical',
  } satisfies Record<Level, string>,
  status: { new: 'New', 'in-progress': 'In progress', closed: 'Closed' } satisfies Record<
    IncidentStatus,
    string
  >,
  verdict: {
    'true-positive': 'True positive',
    'benign-true-positive': 'Benign true positive',
    'false-positive': 'False positive',
  } satisfies Record<Verdict, string>,
  verdictHint: {
    'true-positive': 'It was an attack or a breach of policy.',
    'benign-true-positive': 'It happened as detected, and it was allowed.',
    'false-positive': 'It did not happen; the rule was wrong.',
  } satisfies Record<Verdict, string>,
  entity: {
    host: 'host',
    user: 'user',
    ip: 'address',
    domain: 'domain',
    process: 'process',
    file: 'file',
    cloud: 'cloud',
  },
  loading: 'Loading',
  retry: 'Try again',
  errorTitle: 'This could not be loaded',
  copy: 'Copy',
  copied: 'Copied',
  copyFailed: 'The browser refused to copy. Select the text instead.',
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  saved: 'Saved',
  never: 'never',
  now: 'now',
  ago: (text: string) => `${text} ago`,
  in: (text: string) => `in ${text}`,
  more: (count: number) => `+${count}`,
  moreOf: (count: number) => `${count} more`,
  keyOr: 'or',
  keyThen: 'then',
} as const;
