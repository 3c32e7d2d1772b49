import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, object, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

const TABLE = fieldTable(
  'neroswarm.',
  `
  action                       event.action                text
  logtype                event.code                  text
  client.ip              source                      endpoint
  client.port            source.port                 port
  client.geo.city        source.geo.city_name        text
  client.geo.country     source.geo.country_name     text
  client.geo.country_iso source.geo.country_iso_code country
  client.geo.continent   source.geo.continent_name   text
  client.geo.postal      source.geo.postal_code      text
  client.geo.timezone    source.geo.timezone         text
  client.geo.as_name     source.as.organization.name text
  server.ip              destination                 endpoint
  server.port            destination.port            port
  protocol_name          network.transport           transport
  protocol_number        network.iana_number         text
  credential.username    user                        account
  mitre.tactic           threat.tactic.name          own
  mitre.technique        threat.technique.name       own
  mitre.id               threat.technique.id         own
  related.ip             related.ip                  own
`,
);

function parse({ json, path }: ParseInput, doc: EcsFields): ParseOutcome {
  // The envelope of Splunk's HTTP event collector is off already, unless the honeypot's own parts came alone.
  const event = object(json?.['event']) ?? json;
  if (json === undefined || event === undefined || event['device'] !== 'honeypot') return 'rejected';
  TABLE.putObject(doc, event);
  putDate(doc, '@timestamp', parseEpoch(text(json['time']) ?? ''));
  const kind = text(json['source']) ?? path;
  put(doc, 'event.provider', kind);
  putObserver(doc, { vendor: 'NeroSwarm', product: 'NeroPot' });
  // Nobody has business with a honeypot.
  doc['event.kind'] = 'alert';
  const action = text(event['action']) ?? '';
  categorise(doc, { category: [/login|auth/i.test(action) ? 'authentication' : 'network'], type: ['info'] });
  if (event['status'] === 'failed') doc['event.outcome'] = 'failure';
  else if (event['status'] === 'success') doc['event.outcome'] = 'success';
  // `VNC_LOGIN_ATTEMPT` begins with the protocol that the honeypot spoke.
  const protocol = kind?.split('_', 1)[0];
  put(doc, 'network.protocol', protocol?.toLowerCase());
  const tactic = text(at(event, 'mitre', 'tactic'));
  if (tactic !== undefined) doc['threat.framework'] = 'MITRE ATT&CK';
  put(doc, 'threat.tactic.name', tactic);
  put(doc, 'threat.technique.name', at(event, 'mitre', 'technique'));
  put(doc, 'threat.technique.id', at(event, 'mitre', 'id'));
  return 'parsed';
}

/** Events of NeroSwarm honeypots. */
export default defineSource({
  id: 'neroswarm.neropot',
  signatures: [
    { kind: 'json', keys: ['device', 'logtype'], test: (json) => json['device'] === 'honeypot' },
    { kind: 'json', keys: ['event', 'source'], test: (json) => at(json, 'event', 'device') === 'honeypot' },
  ],
  parse,
});
