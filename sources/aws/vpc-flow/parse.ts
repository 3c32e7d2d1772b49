import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

/** The default format, version 2. */
const DEFAULT =
  'version account_id interface_id srcaddr dstaddr srcport dstport protocol packets bytes start end action log_status'.split(
    ' ',
  );

const TABLE = fieldTable(
  'aws.vpcflow.',
  `
  account_id      cloud.account.id                   text
  interface_id    observer.ingress.interface.name    text+
  srcaddr         source                             side
  dstaddr         destination                        side
  srcport         source.port                        port
  dstport         destination.port                   port
  protocol        network.transport                  transport
  packets         source.packets                     long
  bytes           source.bytes                       long
  start           event.start                        own
  end             event.end                          own
  action          event.action                       lower
  instance_id     cloud.instance.id                  text
  region          cloud.region                       text
  az_id           cloud.availability_zone            text
  flow_direction  network.direction                  direction
  type            network.type                       lower
`,
);

/** JSON records name the fields with hyphens, underscores, or without. */
const NAMES: Readonly<Record<string, string>> = {
  accountid: 'account_id',
  interfaceid: 'interface_id',
  logstatus: 'log_status',
};

const LINE = /^[2-9] (?:\d{12}|unknown) (?:eni|nat)-[0-9a-z]{1,40} /;

function fieldsOf(json: JsonObject): Map<string, string> {
  const out = new Map<string, string>();
  for (const key of Object.keys(json)) {
    const value = text(json[key]);
    if (value === undefined) continue;
    const name = key.replaceAll('-', '_').toLowerCase();
    out.set(Object.hasOwn(NAMES, name) ? NAMES[name]! : name, value);
  }
  return out;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  let fields: Map<string, string>;
  if (input.json !== undefined) fields = fieldsOf(input.json);
  else {
    if (!LINE.test(input.text)) return 'rejected';
    const words = input.text.trimEnd().split(' ', 40);
    if (words.length < DEFAULT.length) return 'rejected';
    fields = new Map();
    for (let i = 0; i < DEFAULT.length; i++) fields.set(DEFAULT[i]!, words[i]!);
  }
  if (!fields.has('interface_id') || !fields.has('start')) return 'rejected';
  for (const [key, value] of fields) if (value !== '-') TABLE.put(doc, key, value);
  doc['cloud.provider'] = 'aws';
  const start = parseEpoch(fields.get('start') ?? '');
  putDate(doc, 'event.start', start);
  putDate(doc, '@timestamp', start);
  putDate(doc, 'event.end', parseEpoch(fields.get('end') ?? ''));
  const action = fields.get('action');
  // Records without data say so in `log_status` and have no action.
  categorise(doc, {
    ...WHAT.connection,
    type:
      action === 'ACCEPT'
        ? ['connection', 'allowed']
        : action === 'REJECT'
          ? ['connection', 'denied']
          : ['connection'],
  });
  return 'parsed';
}

/** VPC flow logs: lines of the default format, and JSON objects with any of the fields. */
export default defineSource({
  id: 'aws.vpc-flow',
  signatures: [
    { kind: 'text', literals: [' eni-'], test: ({ text: line }) => LINE.test(line) },
    { kind: 'json', keys: ['interface_id', 'srcaddr'] },
    { kind: 'json', keys: ['interface_id', 'log_status'] },
    { kind: 'json', keys: ['interface-id', 'srcaddr'] },
  ],
  parse,
});
