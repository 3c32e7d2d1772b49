import type { IncidentStatus, Level, Verdict } from '../../api/types.ts';

/** A sentence for each code that has one. */
export type ErrorTexts = Readonly<Partial<Record<string, string>>>;

/** Words that every page shares. */
export const en = {
  level: {
    informational: 'Info',
    low: 'Low',
    medium: 'Medium',
    high: 'High',
    critical: 'Critical',
  } satisfies Record<Level, string>,
  status: {
    new: 'New',
    'in-progress': 'In progress',
    'waiting-for-client': 'Waiting for client',
    contained: 'Contained',
    closed: 'Closed',
  } satisfies Record<IncidentStatus, string>,
  verdict: {
    'true-positive': 'True positive',
    'benign-true-positive': 'Benign true positive',
    'false-positive': 'False positive',
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
  /** Short units of a duration, largest first. */
  units: { d: 'd', h: 'h', min: 'min', s: 's' },
  /** Sentences for codes that people meet; English keeps the server's own where it says more. */
  errors: {
    VIGIE_CONSOLE_OFFLINE: 'The server does not answer.',
    VIGIE_CONSOLE_BAD_ANSWER:
      'The answer is not what the console expects; a proxy may have answered in the server’s place.',
    VIGIE_API_BUSY: 'The server is busy. Try again in a moment.',
    VIGIE_API_INTERNAL: 'Something went wrong in the server. It is in its log.',
    VIGIE_API_SIGN_IN: 'You are not signed in any more.',
  } as ErrorTexts,
  language: 'Language',
  never: 'never',
  now: 'now',
  ago: (text: string) => `${text} ago`,
  in: (text: string) => `in ${text}`,
  more: (count: number) => `+${count}`,
};
export type Strings = typeof en;
