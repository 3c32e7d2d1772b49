import type { ReasonedDifference } from './reasoned-case.ts';
import {
  ENDPOINT,
  isExtra,
  isFolderOf,
  isMissing,
  isOther,
  isOurs,
  isStated,
  isStatedText,
  isTheirs,
  values,
  WINDOWS,
  within,
} from './reasoned-case.ts';

/** Windows events in which one account logs another one on. */
const LOGONS = new Set(['4624', '4625', '4634', '4648', '4768', '4769', '4771', '4776']);
const ACCOUNT = /^(?:user|user\.target)\.(?:id|name|domain)$/;

/** Differences of Windows and of endpoint protection. */
export const ENDPOINT_DIFFERENCES: readonly ReasonedDifference[] = [
  {
    id: 'writer of the record',
    reason:
      'process.* is the process that the event is about; the corpus puts the process and thread there that wrote the record, which stand in winlog.process.*',
    covers: (c) =>
      WINDOWS.test(c.technology) &&
      (c.field === 'process.thread.id' || c.field === 'process.pid') &&
      c.expected !== undefined &&
      // Of the record's envelope, not of its data.
      new RegExp(
        `(?:"(?:pid|id|(?:Execution)?(?:Process|Thread)ID)"\\s*:\\s*"?|ThreadID="|ProcessID=["'])${c.expected}\\b`,
        'i',
      ).test(c.raw),
  },
  {
    id: 'account of the writer',
    reason:
      'user.* is the account that the event is about; the identifier of the account under which the record was written does not belong to it and stands in winlog.user.*',
    covers: (c) =>
      WINDOWS.test(c.technology) &&
      (c.field === 'user.id' || c.field === 'user.domain') &&
      c.expected !== undefined &&
      c.raw.includes(`"${c.field === 'user.id' ? 'UserID' : 'Domain'}":"${c.expected}"`) &&
      c.have.has('user.name'),
  },
  {
    id: 'description of a program',
    reason: "what a program says of itself is pe.description, not the event's reason",
    covers: (c) =>
      WINDOWS.test(c.technology) &&
      ((c.field === 'event.reason' &&
        [c.have.get('process.pe.description'), c.have.get('dll.pe.description')].includes(c.expected)) ||
        (isExtra(c) && c.field.endsWith('.pe.description') && isStated(c))),
  },
  {
    id: 'driver is a file',
    reason: 'a driver that is loaded is a file, with its path, hashes and signature; it is not a process',
    covers: (c) =>
      WINDOWS.test(c.technology) &&
      c.have.get('event.action') === 'driver-loaded' &&
      ((c.field.startsWith('process.') && isMissing(c) && isOurs(c, /^file\./)) ||
        (c.field.startsWith('process.working_directory') && isMissing(c)) ||
        (c.field.startsWith('file.') && (isTheirs(c, /^process\./) || (isExtra(c) && isStated(c))))),
  },
  {
    id: 'sides of a connection',
    reason:
      'the filtering platform writes the local address as the source in both directions; ECS has the initiator there, so an incoming connection is turned round',
    covers: (c) =>
      WINDOWS.test(c.technology) &&
      c.have.get('network.direction') === 'ingress' &&
      /^(?:source|destination)\.(?:address|ip|port)$|^network\.direction$/.test(c.field),
  },
  {
    id: 'working directory',
    reason: 'process.working_directory is the current directory, not the folder of the executable',
    covers: (c) =>
      WINDOWS.test(c.technology) && isMissing(c) && c.field.endsWith('working_directory') && isFolderOf(c),
  },
  {
    id: 'who logs on',
    reason:
      'in a logon event user.* is the account that logs on, as in other systems; the corpus has the account that asked for it there and the former in user.target.*',
    covers: (c) =>
      WINDOWS.test(c.technology) &&
      LOGONS.has(c.have.get('event.code') ?? '') &&
      (c.field === 'related.user'
        ? values(c.expected).every((name) => values(c.found).includes(name) || c.raw.includes(name))
        : ACCOUNT.test(c.field) &&
          (c.expected === undefined || isOurs(c, /(?:^|\.)user\./) || isStatedText(c, c.expected)) &&
          (c.found === undefined || isStated(c))),
  },
  {
    id: 'computer accounts',
    reason: 'the name of a computer account ends in `$`; without it, it is another account',
    covers: (c) =>
      /(?:^|\.)user\.name$|^related\.user$/.test(c.field) &&
      isOther(c) &&
      values(c.expected).every(
        (name) => within([name], values(c.found)) || within([`${name}$`], values(c.found)),
      ),
  },
  {
    id: "Windows' levels",
    reason:
      "log.level is the level as the source states it: Windows' `Information`, not the shipper's `INFO`",
    covers: (c) => c.field === 'log.level' && c.expected === 'info' && c.found === 'information',
  },
  {
    id: 'forwarded events',
    reason:
      'of an event that Windows forwarded, the shipper describes the collector under host.*, not the computer of the event',
    covers: (c) =>
      c.technology === 'Beats/winlogbeat' &&
      !c.have.has('host.os.type') &&
      c.want.has('host.os.type') &&
      (c.field === 'host.name' || c.field === 'host.hostname'
        ? c.found !== undefined && c.raw.includes(c.found)
        : /^host\.|^server\.ip$/.test(c.field)
          ? isMissing(c)
          : c.field === 'related.ip' && within(values(c.found), values(c.expected))),
  },
  {
    id: 'rendered task',
    reason:
      'event.action is one word in every language; the corpus has the rendered task or a word of its own',
    covers: (c) => WINDOWS.test(c.technology) && c.field === 'event.action' && isOther(c),
  },
  {
    id: 'command line as written',
    reason: 'process.command_line is the line as it was typed, with its quotes',
    covers: (c) =>
      c.field.endsWith('command_line') &&
      isOther(c) &&
      c.found!.replaceAll('"', '').trim() === c.expected!.replaceAll('"', '').trim(),
  },
  {
    id: 'folder of the program',
    reason:
      "process.working_directory is the current directory; these products do not log it, the corpus has the executable's folder there",
    covers: (c) => ENDPOINT.test(c.technology) && isMissing(c) && c.field.endsWith('working_directory'),
  },
  {
    id: 'arguments without the program',
    reason: 'process.args begins with the program; the corpus has what follows it, sorted out of its order',
    covers: (c) =>
      ENDPOINT.test(c.technology) && isMissing(c) && /^process\.(?:parent\.)?args$/.test(c.field),
  },
  {
    id: 'domain before the account',
    reason: 'an account written with its domain is split into name and domain',
    covers: (c) =>
      ENDPOINT.test(c.technology) &&
      isOther(c) &&
      (/user\.name$|^user\.target\.name$/.test(c.field) || c.field === 'related.user') &&
      values(c.expected)
        .map((name) => name.replace(/^.*\\/, ''))
        .every((name) => values(c.found).includes(name)),
  },
  {
    id: 'digests in small letters',
    reason:
      'digests are hexadecimal numbers: in small letters, so that the same one is the same in every source',
    covers: (c) =>
      isOther(c) &&
      (/\.hash\.\w+$/.test(c.field) || c.field === 'related.hash') &&
      values(c.expected)
        .map((hash) => hash.toLowerCase())
        .every((hash) => values(c.found).includes(hash)),
  },
  {
    id: 'hives in their short names',
    reason: "ECS has registry hives in Windows' abbreviations (HKLM), and the path begins with that",
    covers: (c) =>
      isOther(c) &&
      ENDPOINT.test(c.technology) &&
      (c.field === 'registry.hive' ||
        (c.field === 'registry.path' &&
          c.expected!.replace(/^[A-Z_]+/, '') === c.found!.replace(/^[A-Z_]+/, ''))),
  },
  {
    id: 'evidence is of an alert',
    reason: 'event.kind of an alert and its evidence is alert; enrichment is for data from elsewhere',
    covers: (c) => c.technology.endsWith('microsoft-365-defender') && c.field === 'event.kind' && isOther(c),
  },
  {
    id: 'transport in one word',
    reason: '`TcpV4` says transport and network layer: network.transport is tcp, network.type ipv4',
    covers: (c) =>
      c.technology.endsWith('microsoft-365-defender') &&
      ((c.field === 'network.protocol' && isMissing(c)) || (c.field === 'network.type' && isExtra(c))),
  },
  {
    id: 'ports are not translated',
    reason:
      'LocalPort and RemotePort of a connection are its own ports; `nat` is for translated ones, and the sensor is no observer apart from the host',
    covers: (c) =>
      c.technology.endsWith('crowdstrike-telemetry') &&
      (/\.nat\.port$/.test(c.field)
        ? isMissing(c) && isOurs(c, /^(?:source|destination)\.port$/)
        : /^(?:source|destination)\.port$/.test(c.field)
          ? c.found === undefined || isStated(c)
          : /^observer\.(?:ip|mac|egress)/.test(c.field) &&
            isMissing(c) &&
            (isOurs(c, /^(?:host|source|destination)\./) || isStatedText(c, c.expected!))),
  },
  {
    id: 'digests of the program',
    reason:
      'digests of the program that started are process.hash; its identifier at the sensor is no process id',
    covers: (c) =>
      c.technology.endsWith('crowdstrike-telemetry') &&
      ((/^(?:process|file|dll)\.hash\./.test(c.field) &&
        (isExtra(c) ? isStated(c) : isOurs(c, /\.hash\./) || /^0+$/.test(c.expected!))) ||
        (/^process\.parent\.(?:pid|entity_id)$/.test(c.field) && (c.found === undefined || isStated(c))) ||
        (c.field.startsWith('url.') && isMissing(c))),
  },
  {
    id: 'groups are no roles',
    reason: "the groups of an agent are the administrator's, not roles of the account",
    covers: (c) =>
      c.technology === 'HarfangLab/harfanglab' &&
      c.field === 'user.roles' &&
      isMissing(c) &&
      /"groups"\s*:/.test(c.raw),
  },
  {
    id: 'endpoint times',
    reason: 'start of the process, read from the log; the corpus leaves it out',
    covers: (c) => ENDPOINT.test(c.technology) && isExtra(c) && /^process\.(?:parent\.)?start$/.test(c.field),
  },
  {
    id: 'fold of the file',
    reason: 'a path that stands in the name is file.path; file.name is its last part',
    covers: (c) =>
      ENDPOINT.test(c.technology) &&
      ((c.field === 'file.name' && isOther(c) && c.expected!.endsWith(c.found!)) ||
        (isExtra(c) && c.field === 'file.path') ||
        (c.field === 'file.directory' && isOther(c) && c.expected!.startsWith(c.found!))),
  },
  {
    id: 'detection is no enrichment',
    reason:
      'threat.enrichments holds what other sources said of an event; what the product itself found is file, rule and url',
    covers: (c) =>
      /^(?:Broadcom\/symantec|WithSecure\/)/.test(c.technology) &&
      c.field.startsWith('threat.enrichments.indicator.') &&
      isMissing(c) &&
      (isOurs(c, /^(?:file|rule|url|source|email|event|threat)\.|^@timestamp$/) ||
        /\.(?:sightings|type)$/.test(c.field) ||
        isStatedText(c, c.expected!)),
  },
  {
    id: 'subject as target',
    reason:
      'in a rendered text too, the subject is who acted and the target whom it was done to; a logon identifier is not the account identifier',
    covers: (c) =>
      c.technology === 'Log Insight Windows/log-insight-windows' &&
      ((/^user\.(?:target\.)?(?:id|name|domain)$/.test(c.field) &&
        (c.found === undefined || isStated(c)) &&
        (c.expected === undefined || isStatedText(c, c.expected))) ||
        (c.field === 'process.name' && c.expected?.endsWith(`\\${c.found}`) === true)),
  },
  {
    id: 'maker and model',
    reason:
      'device.manufacturer is the maker, device.model.name the model, host.os.type the family of the system',
    covers: (c) =>
      c.technology === 'Checkpoint/checkpoint_harmony_mobile' &&
      ((c.field === 'device.model.name' && c.expected?.endsWith(` / ${c.found}`) === true) ||
        (c.field === 'host.os.type' && /^(?:ios|android)$/.test(c.found ?? '')) ||
        (c.field === 'log.level' && c.expected?.toLowerCase() === c.found)),
  },
  {
    id: 'domain that no log states',
    reason: 'the corpus writes the name of its platform as the domain of a user whom the log does not have',
    covers: (c) =>
      c.technology.startsWith('SekoiaIO/') &&
      c.field === 'user.domain' &&
      isMissing(c) &&
      c.expected === 'SEKOIA.IO',
  },
];
