import type { EcsFields } from '@vigie/contracts';
import { put } from '../../kit/types.ts';
import { dataOf, putAccountText, putExecutable, putUser, splitCommandLine } from '../_shared/fields.ts';
import type { WindowsEvent } from '../_shared/windows-event.ts';
import type { EventMapping } from '../_shared/winlog.ts';

/** 7045: the image path is a command line whose first word is the program. */
function serviceInstalled(event: WindowsEvent, doc: EcsFields): void {
  put(doc, 'service.name', dataOf(event, 'ServiceName'));
  put(doc, 'service.type', dataOf(event, 'ServiceType'));
  const image = dataOf(event, 'ImagePath');
  if (image === undefined) return;
  const quoted = image.startsWith('"');
  const executable = /^.{1,1024}?\.(?:exe|sys|com|scr|dll)(?=\s|$)/i.exec(image)?.[0];
  const path = quoted ? splitCommandLine(image)[0] : (executable ?? image.split(' ', 1)[0]);
  if (path === undefined || path === '') return;
  doc['file.path'] = path;
  doc['file.name'] = path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);
}

/** 7036, 7040: service and its state, in the machine's language. */
function serviceState(event: WindowsEvent, doc: EcsFields): void {
  put(doc, 'service.name', dataOf(event, 'param4') ?? dataOf(event, 'param1'));
  if (event.eventId === 7036) put(doc, 'service.state', dataOf(event, 'param2'));
}

function serviceFailed(event: WindowsEvent, doc: EcsFields): void {
  put(doc, 'service.name', dataOf(event, 'param1'));
}

/** 104 of the System log: another log was cleared. */
function logCleared(event: WindowsEvent, doc: EcsFields): void {
  putUser(event, doc, 'user', 'Subject');
  put(doc, 'winlog.cleared_channel', dataOf(event, 'Channel'));
}

/** 1074: who shut the computer down, with which program, and why. */
function shutdown(event: WindowsEvent, doc: EcsFields): void {
  putAccountText(doc, 'user', dataOf(event, 'param7'));
  putExecutable(doc, 'process', dataOf(event, 'param1')?.replace(/ \([^()]{1,256}\)$/, ''));
  put(doc, 'event.reason', dataOf(event, 'param3'));
}

const host = ['host'] as const;
const configuration = ['configuration'] as const;

/** Events of the service control manager. */
export const SERVICE_CONTROL_EVENTS: Readonly<Record<number, EventMapping>> = {
  7000: {
    category: ['process'],
    type: ['error'],
    action: 'service-start-failed',
    outcome: 'failure',
    map: serviceFailed,
  },
  7009: {
    category: ['process'],
    type: ['error'],
    action: 'service-start-timeout',
    outcome: 'failure',
    map: serviceFailed,
  },
  7023: { category: ['process'], type: ['end', 'error'], action: 'service-terminated', map: serviceFailed },
  7024: { category: ['process'], type: ['end', 'error'], action: 'service-terminated', map: serviceFailed },
  7031: {
    category: ['process'],
    type: ['end', 'error'],
    action: 'service-terminated-unexpectedly',
    map: serviceFailed,
  },
  7034: {
    category: ['process'],
    type: ['end', 'error'],
    action: 'service-terminated-unexpectedly',
    map: serviceFailed,
  },
  7035: { category: ['process'], type: ['info'], action: 'service-control-sent', map: serviceFailed },
  7036: { category: ['process'], type: ['change'], action: 'service-state-changed', map: serviceState },
  7040: {
    category: configuration,
    type: ['change'],
    action: 'service-start-type-changed',
    map: serviceState,
  },
  7045: {
    category: ['configuration', 'iam'],
    type: ['creation'],
    action: 'service-installed',
    outcome: 'success',
    map: serviceInstalled,
  },
};

/** Events of the event log service about itself and the computer. */
export const EVENT_LOG_EVENTS: Readonly<Record<number, EventMapping>> = {
  104: {
    category: ['iam'],
    type: ['admin', 'change'],
    action: 'event-log-cleared',
    outcome: 'success',
    map: logCleared,
  },
  1100: { category: ['process'], type: ['end'], action: 'logging-service-shutdown' },
  6005: { category: host, type: ['start'], action: 'event-log-service-started' },
  6006: { category: host, type: ['end'], action: 'event-log-service-stopped' },
  6008: { category: host, type: ['end', 'error'], action: 'unexpected-shutdown' },
  6009: { category: host, type: ['start'], action: 'system-started' },
  6013: { category: host, type: ['info'], action: 'system-uptime' },
};

export const KERNEL_GENERAL_EVENTS: Readonly<Record<number, EventMapping>> = {
  1: { category: configuration, type: ['change'], action: 'system-time-changed' },
  12: { category: host, type: ['start'], action: 'system-started' },
  13: { category: host, type: ['end'], action: 'system-shutdown' },
  16: { category: ['registry'], type: ['change'], action: 'registry-hive-history-cleared' },
};

export const KERNEL_POWER_EVENTS: Readonly<Record<number, EventMapping>> = {
  41: { category: host, type: ['error'], action: 'unexpected-restart' },
  42: { category: host, type: ['change'], action: 'system-sleeping' },
  107: { category: host, type: ['change'], action: 'system-resumed' },
};

export const USER32_EVENTS: Readonly<Record<number, EventMapping>> = {
  1074: { category: host, type: ['end'], action: 'system-shutdown-initiated', map: shutdown },
};

/** Events of the Kerberos key distribution centre about certificates that map weakly to accounts. */
export const KDC_EVENTS: Readonly<Record<number, EventMapping>> = {
  39: { category: ['authentication'], type: ['info'], action: 'certificate-mapping-weak', map: accountName },
  40: {
    category: ['authentication'],
    type: ['info'],
    action: 'certificate-predates-account',
    map: accountName,
  },
  41: { category: ['authentication'], type: ['info'], action: 'certificate-sid-mismatch', map: accountName },
};

function accountName(event: WindowsEvent, doc: EcsFields): void {
  put(doc, 'user.name', dataOf(event, 'AccountName'));
}
