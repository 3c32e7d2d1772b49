import { toLong } from './types.ts';

/** Facility names as syslog.conf writes them, by code. */
export const FACILITIES =
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp security console solaris-cron local0 local1 local2 local3 local4 local5 local6 local7'.split(
    ' ',
  );
/** Severity names as syslog.conf writes them, by code. */
export const SEVERITIES = 'emerg alert crit err warning notice info debug'.split(' ');
const SEVERITY_WORDS: Readonly<Record<string, number>> = {
  emergency: 0,
  panic: 0,
  critical: 2,
  error: 3,
  warn: 4,
  informational: 6,
};

/** Facility names as ECS examples and syslog.conf write them. */
export function facilityName(code: number): string | undefined {
  return FACILITIES[code];
}

/** Severity names as RFC 5424 and ECS write them. */
export function severityName(code: number): string | undefined {
  return SEVERITY_NAMES[code];
}
const SEVERITY_NAMES = [
  'Emergency',
  'Alert',
  'Critical',
  'Error',
  'Warning',
  'Notice',
  'Informational',
  'Debug',
];

/** A facility or severity given by number or by one of its names. */
export function syslogCode(value: unknown, names: readonly string[]): number | undefined {
  const number = toLong(value);
  if (number !== undefined) return number >= 0 && number < names.length ? number : undefined;
  if (typeof value !== 'string') return undefined;
  const name = value.toLowerCase();
  const index = names.indexOf(name);
  if (index >= 0) return index;
  return names === SEVERITIES && Object.hasOwn(SEVERITY_WORDS, name) ? SEVERITY_WORDS[name] : undefined;
}
