import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';
import { readOriginator } from '../_shared/originator.ts';
import { readEvent } from './events.ts';
import { looksLikeService, readServiceLine } from './services.ts';

const LEVEL = /^(?:panic|error|warning|info|verbose|trivia|debug|notice)$/;
/** Processes of the vCenter appliance that write as those of a host do. */
const PROCESSES = new Set([
  'vpxd',
  'envoy',
  'vpxd-svcs',
  'vsan-health',
  'sps',
  'vpxd-profiler',
  'analytics',
  'rbd',
  'vcha',
  'eam',
  'vmdird',
  'vmafdd',
  'vmcad',
]);

const APPS = [
  'vpxd',
  'vpxd-svcs',
  'vcenter-server',
  'sso-identity-perf',
  'websso',
  'ssoadminserver',
  'vsphere-client',
  'vsphere-ui',
  'vpxd-profiler',
  'vapi-endpoint',
  'applmgmt',
  'applmgmt-audit',
  'sts-access',
  'sso',
  'vmdird',
  'vmafdd',
  'rsyslogd-vcenter',
  'ui-main',
  'audit_events',
];

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  // `2026-03-02T10:00:00Z warning vpxd[…]` is no host `warning`: the whole line is offered next.
  if (LEVEL.test(input.syslog?.hostname ?? '')) return 'rejected';
  const text = input.text.trim();
  const known = readEvent(text, input, doc) || readServiceLine(text, input, doc);
  const app = input.syslog?.app;
  if (!known) {
    if (app === undefined || !APPS.includes(app.toLowerCase())) return 'rejected';
    categorise(doc, WHAT.hostInfo);
  }
  if (app !== undefined) doc['process.name'] ??= app;
  const pid = toLong(input.syslog?.procid);
  if (pid !== undefined) doc['process.pid'] ??= pid;
  doc['message'] = text;
  doc['observer.vendor'] = 'VMware';
  doc['observer.product'] = 'vCenter';
  const host = input.syslog?.hostname;
  if (host !== undefined) doc['observer.name'] = host;
  return known ? 'parsed' : 'partial';
}

const isProcess = (input: ParseInput): boolean => {
  if (LEVEL.test(input.syslog?.hostname ?? '')) return false;
  const line = readOriginator(input.text.trimStart());
  return line?.process !== undefined && PROCESSES.has(line.process);
};
const isService = (input: ParseInput): boolean => looksLikeService(input.text.trimStart());

/** VMware vCenter Server: inventory events, single sign-on, its services. */
export default defineSource({
  id: 'vmware.vcenter',
  signatures: [
    {
      kind: 'app',
      names: APPS,
    },
    { kind: 'text', prefix: 'Event [', literals: ['] [', 'vim.event.'] },
    { kind: 'text', prefix: 'Event [', literals: ['] [', 'com.vmware.'] },
    { kind: 'text', prefix: 'Event [', literals: ['] [1-', '] [esx.'] },
    { kind: 'text', literals: ['@6876 sub=', '] ', 'vpxd'], test: isProcess },
    { kind: 'text', literals: ['@6876 sub=', '] ', 'envoy['], test: isProcess },
    { kind: 'text', literals: ['[auditlogger]', 'com.vmware.'], test: isService },
    { kind: 'text', literals: ['] [com.vmware.', '] '], test: isService },
    { kind: 'text', literals: [' com.vmware.', ' opId=', '] '], test: isService },
    { kind: 'text', literals: ['[Request] ', ' to local ', '[Response] '], test: isService },
    { kind: 'text', literals: ['] [INFO ] ', 'Z'], test: isService },
    { kind: 'text', literals: ['+0000: ', ': ['], test: isService },
  ],
  parse,
});
