import type { ReasonedDifference } from './reasoned-case.ts';
import { isMissing, isOther, isOurs, values } from './reasoned-case.ts';

/** Differences of clouds, services and the vaults of privileged accounts. */
export const CLOUD_DIFFERENCES: readonly ReasonedDifference[] = [
  {
    id: 'CloudTrail categorisation',
    reason:
      'a call to a cloud interface is category api, with what it does to whom; not network and access throughout',
    covers: (c) =>
      c.technology === 'AWS/aws-cloudtrail' &&
      isOther(c) &&
      (c.field === 'event.category'
        ? values(c.found).some((value) => /^(?:api|authentication|iam)$/.test(value)) &&
          c.expected === 'network'
        : c.field === 'event.type' && c.expected === 'access'),
  },
  {
    id: 'changes are configuration',
    reason:
      'a change of settings or an audit of them is category configuration or iam; the corpus has network and access, or process, throughout',
    covers: (c) =>
      /^(?:Azure\/azure-activity-logs|Cloudflare\/(?:audit_logs|access_requests)|Google Cloud\/Google Kubernetes Engine)$/.test(
        c.technology,
      ) &&
      isOther(c) &&
      (c.field === 'event.category'
        ? values(c.found).some((value) => /^(?:configuration|iam|authentication|api|host)$/.test(value))
        : c.field === 'event.type' && /^(?:access|change|info|start)$/.test(c.expected!)),
  },
  {
    id: 'sessions of people',
    reason:
      'what happens in a privileged session is category session, files and logins have their own; not configuration',
    covers: (c) =>
      /^(?:BeyondTrust|CyberArk|Delinea)\//.test(c.technology) &&
      isOther(c) &&
      (c.field === 'event.category'
        ? c.expected === 'configuration' &&
          values(c.found).some((value) => /^(?:session|file|authentication|iam|process|network)$/.test(value))
        : c.field === 'event.type' && /^(?:change|info)$/.test(c.expected!)),
  },
  {
    id: 'path is no name',
    reason: 'file.name is the last part of a path; the path is file.path',
    covers: (c) =>
      /^(?:BeyondTrust|CyberArk)\//.test(c.technology) &&
      c.field === 'file.name' &&
      isOther(c) &&
      c.expected === c.have.get('file.path'),
  },
  {
    id: 'agent read',
    reason: 'user_agent.name is the name of the browser; the whole is user_agent.original',
    covers: (c) =>
      c.technology === 'LockSelf/lockself' &&
      c.field === 'user_agent.name' &&
      c.expected === c.have.get('user_agent.original'),
  },
  {
    id: 'time of the flow',
    reason: 'the tuple has the time of the flow; the record around it that of its writing',
    covers: (c) =>
      c.technology === 'Azure/azure-network-watcher' &&
      isOther(c) &&
      /^(?:@timestamp|event\.start)$/.test(c.field) &&
      c.raw.includes(String(Number(c.found) / 1000)),
  },
  {
    id: 'forms of one vault',
    reason: "observer.vendor is the vendor as the log's header spells it",
    covers: (c) =>
      c.technology === 'CyberArk/cyberark-audit-logs' &&
      c.field === 'observer.vendor' &&
      isOther(c) &&
      c.raw.includes(`|${c.found!}|`),
  },
  {
    id: 'who asks a web agent',
    reason: 'the account of an authentication is user.*; the rest of its distinguished name is no domain',
    covers: (c) =>
      c.technology === 'Broadcom/siteminder' &&
      isMissing(c) &&
      ((c.field === 'client.user.name' && isOurs(c, /^user\.name$/)) ||
        (c.field === 'client.user.domain' && c.expected?.includes('=') === true)),
  },
  {
    id: 'domain of an address is no machine',
    reason:
      "the right part of a sender's address is no machine that took part, and the customer is an organisation, not an account at a cloud",
    covers: (c) =>
      c.technology === 'Checkpoint/checkpoint_hec' &&
      ((/^(?:source\.(?:address|domain|registered_domain|top_level_domain|subdomain)|related\.hosts)$/.test(
        c.field,
      ) &&
        c.expected !== undefined &&
        c.raw.includes(c.expected) &&
        (c.found === undefined || c.field === 'related.hosts' || c.found === c.have.get('source.ip'))) ||
        (c.field === 'cloud.account.id' && isMissing(c) && isOurs(c, /^organization\.name$/)) ||
        (c.field === 'cloud.provider' && c.expected === 'checkpoint') ||
        (c.field === 'observer.vendor' && c.found === 'Check Point')),
  },
];
