import type { EcsFields } from '@vigie/contracts';
import { put } from '../../kit/types.ts';
import {
  dataOf,
  putAddress,
  putExecutable,
  putFile,
  putPid,
  putRegistry,
  putSource,
  putUser,
} from '../_shared/fields.ts';
import type { WindowsEvent } from '../_shared/windows-event.ts';
import type { EventMapping } from '../_shared/winlog.ts';

function actor(event: WindowsEvent, doc: EcsFields): void {
  putUser(event, doc, 'user', 'Subject');
  const id = dataOf(event, 'SubjectLogonId');
  if (id !== undefined) doc['winlog.logon.id'] = id.toLowerCase();
  putExecutable(doc, 'process', dataOf(event, 'ProcessName'));
  putPid(doc, 'process.pid', dataOf(event, 'ProcessId'));
}

/** 4656, 4658, 4660, 4661, 4663, 4664, 4670: an object is opened, used, closed, deleted. */
function objectAccess(event: WindowsEvent, doc: EcsFields): void {
  actor(event, doc);
  const name = dataOf(event, 'ObjectName');
  switch (dataOf(event, 'ObjectType')) {
    case 'File':
      putFile(doc, 'file', name);
      break;
    case 'Key':
      putRegistry(doc, name, dataOf(event, 'ObjectValueName'), false);
      break;
  }
}

function registryValue(event: WindowsEvent, doc: EcsFields): void {
  actor(event, doc);
  putRegistry(doc, dataOf(event, 'ObjectName'), dataOf(event, 'ObjectValueName'), false);
  const type = REGISTRY_TYPES[dataOf(event, 'NewValueType') ?? dataOf(event, 'OldValueType') ?? ''];
  if (type !== undefined) doc['registry.data.type'] = type;
  const value = dataOf(event, 'NewValue');
  if (value !== undefined && (type === 'REG_SZ' || type === 'REG_EXPAND_SZ'))
    doc['registry.data.strings'] = [value];
}

/** Message codes of 4657's value types. */
const REGISTRY_TYPES: Readonly<Record<string, string>> = {
  '%%1872': 'REG_NONE',
  '%%1873': 'REG_SZ',
  '%%1874': 'REG_EXPAND_SZ',
  '%%1875': 'REG_BINARY',
  '%%1876': 'REG_DWORD',
  '%%1879': 'REG_MULTI_SZ',
  '%%1883': 'REG_QWORD',
};

function directoryObject(event: WindowsEvent, doc: EcsFields): void {
  actor(event, doc);
}

/** 5140, 5145 and the like: a share, and the file below it, seen from the server. */
function share(event: WindowsEvent, doc: EcsFields): void {
  actor(event, doc);
  putSource(event, doc, 'IpAddress', 'IpPort');
  const local = dataOf(event, 'ShareLocalPath')?.replace(/^\\\?\?\\/, '');
  const target = dataOf(event, 'RelativeTargetName');
  if (local === undefined) {
    // Shares that are no folder, `IPC$` first of all: what is opened is a named pipe.
    if (target !== undefined && target !== '\\')
      put(doc, 'file.name', target.slice(target.lastIndexOf('\\') + 1));
    return;
  }
  const folder = local.endsWith('\\') ? local.slice(0, -1) : local;
  if (target === undefined || target === '\\') {
    doc['file.path'] = local;
    return;
  }
  putFile(doc, 'file', `${folder}\\${target}`);
}

function task(event: WindowsEvent, doc: EcsFields): void {
  actor(event, doc);
}

function service(event: WindowsEvent, doc: EcsFields): void {
  actor(event, doc);
  put(doc, 'service.name', dataOf(event, 'ServiceName'));
  const type = SERVICE_TYPES[dataOf(event, 'ServiceType')?.toLowerCase() ?? ''];
  if (type !== undefined) doc['service.type'] = type;
}

const SERVICE_TYPES: Readonly<Record<string, string>> = {
  '0x1': 'kernel-driver',
  '0x2': 'file-system-driver',
  '0x10': 'own-process',
  '0x20': 'shared-process',
};

function certificate(event: WindowsEvent, doc: EcsFields): void {
  actor(event, doc);
  const requester = dataOf(event, 'Requester');
  const at = requester?.indexOf('\\') ?? -1;
  if (requester === undefined) return;
  put(doc, 'user.name', at >= 0 ? requester.slice(at + 1) : requester);
  if (at > 0) put(doc, 'user.domain', requester.slice(0, at));
}

function replication(event: WindowsEvent, doc: EcsFields): void {
  actor(event, doc);
  const host = dataOf(event, 'SourceAddr');
  if (host !== undefined) putAddress(doc, 'source', host);
}

const file = ['file'] as const;
const iam = ['iam'] as const;
const configuration = ['configuration'] as const;

/** Events of objects: files, registry, directory, shares, tasks, services, certificates. */
export const OBJECT_EVENTS: Readonly<Record<number, EventMapping>> = {
  4656: { category: file, type: ['access'], action: 'object-handle-requested', map: objectAccess },
  4657: { category: ['registry'], type: ['change'], action: 'registry-value-modified', map: registryValue },
  4658: { category: file, type: ['access'], action: 'object-handle-closed', map: objectAccess },
  4659: {
    category: file,
    type: ['deletion'],
    action: 'object-handle-requested-to-delete',
    map: objectAccess,
  },
  4660: { category: file, type: ['deletion'], action: 'object-deleted', map: objectAccess },
  4661: { category: iam, type: ['info'], action: 'object-handle-requested', map: objectAccess },
  4662: {
    category: iam,
    type: ['info'],
    action: 'directory-object-operation-performed',
    map: directoryObject,
  },
  4663: { category: file, type: ['access'], action: 'object-access-attempted', map: objectAccess },
  4664: { category: file, type: ['creation'], action: 'hard-link-created', map: objectAccess },
  4670: { category: iam, type: ['admin', 'change'], action: 'permissions-changed', map: objectAccess },
  4673: { category: iam, type: ['admin'], action: 'privileged-service-called', map: objectAccess },
  4674: { category: iam, type: ['admin'], action: 'privileged-operation', map: objectAccess },
  4697: {
    category: [...iam, 'configuration'],
    type: ['admin', 'change'],
    action: 'service-installed',
    map: service,
  },
  4698: { category: configuration, type: ['creation'], action: 'scheduled-task-created', map: task },
  4699: { category: configuration, type: ['deletion'], action: 'scheduled-task-deleted', map: task },
  4700: { category: configuration, type: ['change'], action: 'scheduled-task-enabled', map: task },
  4701: { category: configuration, type: ['change'], action: 'scheduled-task-disabled', map: task },
  4702: { category: configuration, type: ['change'], action: 'scheduled-task-updated', map: task },
  4886: { category: iam, type: ['info'], action: 'certificate-requested', map: certificate },
  4887: { category: iam, type: ['creation'], action: 'certificate-issued', map: certificate },
  4888: { category: iam, type: ['denied'], action: 'certificate-request-denied', map: certificate },
  4932: {
    category: configuration,
    type: ['start'],
    action: 'directory-replication-started',
    map: replication,
  },
  4933: { category: configuration, type: ['end'], action: 'directory-replication-ended', map: replication },
  5136: {
    category: configuration,
    type: ['change'],
    action: 'directory-service-object-modified',
    map: directoryObject,
  },
  5137: {
    category: configuration,
    type: ['creation'],
    action: 'directory-service-object-created',
    map: directoryObject,
  },
  5138: {
    category: configuration,
    type: ['change'],
    action: 'directory-service-object-undeleted',
    map: directoryObject,
  },
  5139: {
    category: configuration,
    type: ['change'],
    action: 'directory-service-object-moved',
    map: directoryObject,
  },
  5141: {
    category: configuration,
    type: ['deletion'],
    action: 'directory-service-object-deleted',
    map: directoryObject,
  },
  5140: {
    category: ['network', 'file'],
    type: ['info', 'access'],
    action: 'network-share-object-accessed',
    map: share,
  },
  5142: { category: configuration, type: ['creation'], action: 'network-share-object-added', map: share },
  5143: { category: configuration, type: ['change'], action: 'network-share-object-modified', map: share },
  5144: { category: configuration, type: ['deletion'], action: 'network-share-object-deleted', map: share },
  5145: {
    category: ['network', 'file'],
    type: ['info', 'access'],
    action: 'network-share-object-access-checked',
    map: share,
  },
  5376: { category: iam, type: ['info'], action: 'credential-manager-backed-up', map: actor },
  5377: { category: iam, type: ['change'], action: 'credential-manager-restored', map: actor },
  5379: {
    category: iam,
    type: ['user', 'info'],
    action: 'credential-manager-credentials-were-read',
    map: actor,
  },
  5381: { category: iam, type: ['user', 'info'], action: 'vault-credentials-were-read', map: actor },
  5382: { category: iam, type: ['user', 'info'], action: 'vault-credentials-were-read', map: actor },
};
