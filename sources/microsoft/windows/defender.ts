import type { EcsFields } from '@vigie/contracts';
import { put } from '../../kit/types.ts';
import { dataOf, putAccountText, putExecutable, putFile } from '../_shared/fields.ts';
import type { WindowsEvent } from '../_shared/windows-event.ts';
import type { EventMapping } from '../_shared/winlog.ts';

/** Defender's severity numbers on ECS's open scale of `event.severity`: higher is worse. */
function detection(event: WindowsEvent, doc: EcsFields): void {
  put(doc, 'rule.name', dataOf(event, 'Threat Name'));
  put(doc, 'rule.id', dataOf(event, 'Threat ID'));
  put(doc, 'rule.category', dataOf(event, 'Category Name'));
  put(doc, 'rule.reference', dataOf(event, 'FWLink')?.replaceAll('&amp;', '&'));
  put(doc, 'event.severity', dataOf(event, 'Severity ID'));
  putAccountText(doc, 'user', dataOf(event, 'Detection User') ?? dataOf(event, 'Remediation User'));
  const path = dataOf(event, 'Path');
  // One detection may list several resources: `file:_C:\a.exe; file:_C:\b.exe`.
  const file = path?.split('; ', 20).find((part) => part.startsWith('file:_'));
  putFile(doc, 'file', file?.slice(6));
  const program = dataOf(event, 'Process Name');
  if (program !== undefined && program !== 'Unknown') putExecutable(doc, 'process', program);
  put(doc, 'event.reason', dataOf(event, 'Action Name'));
}

/** 5007: a setting changed; both values name it as a registry path. */
function setting(event: WindowsEvent, doc: EcsFields): void {
  const value = dataOf(event, 'New Value') ?? dataOf(event, 'Old Value');
  const equals = value?.indexOf(' = ') ?? -1;
  const path = value === undefined ? undefined : equals > 0 ? value.slice(0, equals) : value;
  if (path?.startsWith('HKLM\\')) {
    const at = path.lastIndexOf('\\');
    doc['registry.hive'] = 'HKLM';
    doc['registry.path'] = path;
    put(doc, 'registry.key', path.slice(5, at));
    put(doc, 'registry.value', path.slice(at + 1));
  }
}

/** 1121, 1122: an attack surface reduction rule blocked, or would have blocked. */
function surfaceReduction(event: WindowsEvent, doc: EcsFields): void {
  put(doc, 'rule.id', dataOf(event, 'ID'));
  putAccountText(doc, 'user', dataOf(event, 'User'));
  putExecutable(doc, 'process', dataOf(event, 'Process Name'));
  putFile(doc, 'file', dataOf(event, 'Path'));
}

const malware = ['malware'] as const;
const info = ['info'] as const;
const configuration = ['configuration'] as const;
const host = ['host'] as const;

/** Events of Microsoft Defender Antivirus. */
export const DEFENDER_EVENTS: Readonly<Record<number, EventMapping>> = {
  1000: { category: host, type: ['start'], action: 'malware-scan-started' },
  1001: { category: host, type: ['end'], action: 'malware-scan-finished', outcome: 'success' },
  1002: { category: host, type: ['end'], action: 'malware-scan-stopped' },
  1005: { category: host, type: ['error'], action: 'malware-scan-failed', outcome: 'failure' },
  1006: { category: malware, type: info, action: 'malware-detected', map: detection },
  1007: {
    category: malware,
    type: ['change'],
    action: 'malware-remediated',
    outcome: 'success',
    map: detection,
  },
  1008: {
    category: malware,
    type: ['error'],
    action: 'malware-remediation-failed',
    outcome: 'failure',
    map: detection,
  },
  1009: { category: malware, type: ['change'], action: 'malware-quarantine-restored', map: detection },
  1011: { category: malware, type: ['deletion'], action: 'malware-quarantine-deleted', map: detection },
  1013: { category: malware, type: ['deletion'], action: 'malware-history-deleted', map: detection },
  1015: { category: malware, type: info, action: 'suspicious-behaviour-detected', map: detection },
  1116: { category: malware, type: info, action: 'malware-detected', map: detection },
  1117: {
    category: malware,
    type: ['change'],
    action: 'malware-remediated',
    outcome: 'success',
    map: detection,
  },
  1118: {
    category: malware,
    type: ['error'],
    action: 'malware-remediation-failed',
    outcome: 'failure',
    map: detection,
  },
  1119: {
    category: malware,
    type: ['error'],
    action: 'malware-remediation-failed',
    outcome: 'failure',
    map: detection,
  },
  1121: {
    category: ['intrusion_detection'],
    type: ['denied'],
    action: 'attack-surface-reduction-blocked',
    map: surfaceReduction,
  },
  1122: {
    category: ['intrusion_detection'],
    type: info,
    action: 'attack-surface-reduction-audited',
    map: surfaceReduction,
  },
  1123: {
    category: ['intrusion_detection'],
    type: ['denied'],
    action: 'controlled-folder-access-blocked',
    map: surfaceReduction,
  },
  1124: {
    category: ['intrusion_detection'],
    type: info,
    action: 'controlled-folder-access-audited',
    map: surfaceReduction,
  },
  2000: { category: configuration, type: ['change'], action: 'signatures-updated', outcome: 'success' },
  2001: { category: configuration, type: ['error'], action: 'signatures-update-failed', outcome: 'failure' },
  3002: { category: host, type: ['error'], action: 'real-time-protection-failed', outcome: 'failure' },
  5001: { category: configuration, type: ['change'], action: 'real-time-protection-disabled' },
  5004: { category: configuration, type: ['change'], action: 'real-time-protection-configuration-changed' },
  5007: {
    category: configuration,
    type: ['change'],
    action: 'antimalware-configuration-changed',
    map: setting,
  },
  5008: { category: host, type: ['error'], action: 'antimalware-engine-failed', outcome: 'failure' },
  5010: { category: configuration, type: ['change'], action: 'malware-scanning-disabled' },
  5012: { category: configuration, type: ['change'], action: 'virus-scanning-disabled' },
  5013: {
    category: configuration,
    type: ['denied'],
    action: 'tamper-protection-blocked-change',
    map: setting,
  },
};
