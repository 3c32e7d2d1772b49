import { categorise, WHAT } from '../../kit/categorise.ts';
import { at, strings, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { osTypeOf } from '../../kit/os-type.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'trellix.edr.',
  `
attributes.eventDate      @timestamp             date
attributes.detectionDate  @timestamp             date
id                        event.id               text
attributes.aGuid          agent.id               text
attributes.hostName       host.name              text
attributes.h_os           host.os.full           text
attributes.cmdLine        process.command_line   text
attributes.processName    process.name           text
attributes.pid            process.pid            long
attributes.user           user                   account
attributes.ruleId         rule.id                text
attributes.sha256         process.hash           hash
attributes.md5            process.hash           hash
attributes.sha1           process.hash           hash
`,
);

export default defineSource({
  id: 'trellix.edr',
  signatures: [
    {
      kind: 'json',
      keys: ['type', 'attributes'],
      test: (json) =>
        at(json, 'attributes', 'traceId') !== undefined ||
        at(json, 'attributes', 'rootTraceId') !== undefined,
    },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Trellix';
    doc['observer.product'] = 'EDR';
    const system = osTypeOf(text(at(json, 'attributes', 'h_os')) ?? '');
    if (system !== undefined) doc['host.os.type'] = system;
    const tags = strings(at(json, 'attributes', 'detectionTags'));
    const techniques = tags.filter((tag) => tag.startsWith('@ATE.')).map((tag) => tag.slice(5));
    if (techniques.length > 0) doc['threat.technique.id'] = techniques;
    const tactics = tags.filter((tag) => tag.startsWith('@ATA.')).map((tag) => tag.slice(5));
    if (tactics.length > 0) doc['threat.tactic.name'] = tactics;
    doc['event.kind'] = 'alert';
    categorise(doc, WHAT.intrusion);
    return 'parsed';
  },
});
