import { categorise, WHAT } from '../../kit/categorise.ts';
import { at, strings, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';

const TABLE = jsonTable(
  'wazuh.alerts.',
  `
timestamp               @timestamp             date
id                      event.id               text
agent.id                agent.id               text
agent.name              host.name              text
agent.ip                host.ip                ip
agent.labels            agent.labels           own
manager.name            observer.name          text
rule.id                 rule.id                text
rule.description        rule.name              text
rule.level              event.severity         long
rule.groups             rule.category          own
rule.mitre.id           threat.technique.id    text
rule.mitre.technique    threat.technique.name  text
rule.mitre.tactic       threat.tactic.name     text
decoder.name            event.provider         text
location                log.file.path          own
full_log                message                text
data.srcip              source                 side
data.src_ip             source                 side
data.srcport            source.port            port
data.dstip              destination            side
data.dest_ip            destination            side
data.dstport            destination.port       port
data.srcuser            source.user            account
data.dstuser            user                   account
data.protocol           network.transport      own
data.url                url                    url
data.uid                user.id                own
data.command            process.command_line   text
data.win.system.eventID      event.code        text
data.win.system.computer     host.hostname     text
data.win.eventdata.image     process           exe
data.win.eventdata.commandLine      process.command_line         text
data.win.eventdata.parentImage      process.parent               exe
data.win.eventdata.parentCommandLine  process.parent.command_line  text
data.win.eventdata.targetUserName   user.name                    text
data.win.eventdata.ipAddress        source                       side
syscheck.path           file                   file
syscheck.md5_after      file.hash              hash
syscheck.sha1_after     file.hash              hash
syscheck.sha256_after   file.hash              hash
syscheck.size_after     file.size              long
syscheck.event          event.action           text
syscheck.uname_after    file.owner             text
data.vulnerability.cve        vulnerability.id        text
data.vulnerability.severity   vulnerability.severity  text
data.vulnerability.title      vulnerability.description  text
`,
);

export default defineSource({
  id: 'wazuh.alerts',
  signatures: [
    { kind: 'json', keys: ['rule', 'agent', 'manager', 'decoder'] },
    { kind: 'json', keys: ['rule', 'manager', 'agent'] },
    { kind: 'json', keys: ['rule', 'decoder', 'full_log'] },
    // Archives hold every log, with no rule where none fired.
    { kind: 'json', keys: ['agent', 'manager', 'decoder', 'full_log', 'location'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Wazuh';
    doc['observer.product'] = 'Wazuh';
    const groups = strings(at(json, 'rule', 'groups'));
    if (groups.length > 0) {
      doc['wazuh.alerts.rule.groups'] = groups;
      doc['rule.category'] = groups[groups.length - 1]!;
    }
    const path = text(json['location']);
    if (path?.startsWith('/') === true) doc['log.file.path'] = path;
    const protocol = text(at(json, 'data', 'protocol'));
    if (protocol !== undefined) {
      if (/^(?:tcp|udp|icmp)$/i.test(protocol)) doc['network.transport'] = protocol.toLowerCase();
      else doc['network.protocol'] = protocol.toLowerCase();
    }
    // Levels up to 3 are for what is as it should be: system messages, granted sign-ins.
    const level = toLong(at(json, 'rule', 'level'));
    if (level !== undefined && level > 3) doc['event.kind'] = 'alert';
    if (json['rule'] === undefined) {
      categorise(doc, WHAT.hostInfo);
      return 'parsed';
    }
    if (groups.includes('authentication_failed') || groups.includes('authentication_failures'))
      categorise(doc, { ...WHAT.login, outcome: 'failure' });
    else if (groups.includes('authentication_success'))
      categorise(doc, { ...WHAT.login, outcome: 'success' });
    else if (groups.includes('syscheck'))
      categorise(
        doc,
        groups.includes('syscheck_entry_added')
          ? WHAT.fileCreated
          : groups.includes('syscheck_entry_deleted')
            ? WHAT.fileDeleted
            : WHAT.fileChanged,
      );
    else if (groups.includes('vulnerability-detector')) categorise(doc, WHAT.vulnerability);
    else if (groups.includes('rootcheck') || groups.includes('virus') || groups.includes('virustotal'))
      categorise(doc, WHAT.malware);
    else if (groups.includes('web'))
      categorise(doc, { category: ['web', 'intrusion_detection'], type: ['access'] });
    else categorise(doc, WHAT.intrusion);
    return 'parsed';
  },
});
