import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { splitHostPort } from '../../kit/ip.ts';
import { embedded, object, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const VENDOR = 'delinea.';

const EXPORTED = fieldTable(
  VENDOR,
  `
  Date            @timestamp          own
  Level           log.level           text
  Service         event.provider      text
  Initiated_by    source.user         account
  Target          destination         endpoint
  Action          event.reason        text
  Event_type      event.action        text
  Source          source              endpoint
`,
);

const STREAMED = fieldTable(
  VENDOR,
  `
  eventMessageId                   event.id                 text
  eventDateTime                    @timestamp               own
  tenantId                         organization.id          text
  displayMessage                   event.reason             text
  level                            log.level                text
  service.type                     event.provider           text
  service.version                  observer.version         text
  service.identifier               observer.serial_number   text
  source.host.machineName          source.domain            domain
  source.host.network.ipAddress    source                   endpoint
  actor.displayName                user.full_name           text
  actor.name                       user                     account
  actor.email                      user.email               text
  actor.id                         user.id                  text
  target.host.machineName          destination.domain       domain
  eventType.name                   event.action             text
  eventType.level                  log.level                text
  sessionId                        delinea.session          own
  notes                            delinea.notes            own
`,
);

const ENGINE = fieldTable(
  VENDOR,
  `
  time               @timestamp         own
  level              log.level          text
  msg                event.reason       text
  error              error.message      text
  who                source.user        account
  host_os            host.os.type       lower
  host_id            host.id            text
  ppid               process.parent.pid long
  pid                process.pid        long
  network            network.transport  transport
  tls_version        tls.version        tls-version
  addr               source             own
  host_port          host.name          own
`,
);

/** What an event's name says was done. */
function putMeaning(doc: EcsFields, name: string): void {
  if (/Session\.(?:Secret\.)?(?:Launched|Started|Created)|Session\.Start/i.test(name))
    categorise(doc, WHAT.sessionStart);
  else if (/Session\.(?:Closed|Ended|Terminated)/i.test(name)) categorise(doc, WHAT.sessionEnd);
  else if (/log(?:in|on)|authent/i.test(name)) categorise(doc, WHAT.login);
  else if (/view|copied|accessed|retrieved/i.test(name)) categorise(doc, WHAT.configurationRead);
  else if (/creat|added/i.test(name)) categorise(doc, WHAT.configurationCreated);
  else if (/delet|removed/i.test(name)) categorise(doc, WHAT.configurationDeleted);
  else categorise(doc, WHAT.configurationChanged);
  if (/fail|denied/i.test(name)) doc['event.outcome'] = 'failure';
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined) return 'rejected';
  const name = text(json['Event type']) ?? text(object(json['eventType'])?.['name']);
  if (name === undefined && !isEngine(json)) return 'rejected';
  const when = text(json['Date']) ?? text(json['eventDateTime']) ?? text(json['time']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  putObserver(doc, { vendor: 'Delinea', product: 'Delinea PRA' });

  if ('Event type' in json) {
    doc['event.dataset'] = 'delinea.platform.audit';
    for (const key of Object.keys(json)) {
      const value = text(json[key]);
      if (value !== undefined) EXPORTED.put(doc, key.replaceAll(' ', '_'), value);
    }
    putMeaning(doc, name ?? '');
  } else if (name !== undefined) {
    doc['event.dataset'] = 'delinea.platform.audit';
    STREAMED.putObject(doc, json);
    const notes = object(embedded(json['notes']));
    if (notes !== undefined) {
      for (const key of [
        'itemName',
        'eventAction',
        'eventEntityType',
        'containerName',
        'eventDetails',
        'targetUserName',
      ])
        put(doc, `${VENDOR}notes.${key}`, notes[key]);
      if (doc['source.ip'] === undefined) putEndpoint(doc, 'source', text(notes['ipAddress']));
      putAccount(doc, 'user.target', text(notes['targetUserName']));
    }
    put(doc, `${VENDOR}sessionId`, json['sessionId']);
    putMeaning(doc, name);
  } else {
    doc['event.dataset'] = 'delinea.platform.engine';
    ENGINE.putObject(doc, json);
    const peer = splitHostPort(text(json['addr']) ?? '');
    if (peer.host !== '') putEndpoint(doc, 'source', peer.host);
    if (peer.port !== undefined) doc['source.port'] = peer.port;
    const host = splitHostPort(text(json['host_port']) ?? '');
    if (host.host !== '') doc['host.name'] = host.host;
    categorise(doc, { category: ['network'], type: ['info'] });
  }
  return 'parsed';
}

/** Whether it is a line of an engine: structured, with the engine's names for things. */
function isEngine(json: Readonly<Record<string, unknown>>): boolean {
  const message = json['msg'];
  return (
    typeof message === 'string' &&
    ('engine_id' in json ||
      (('ppid' in json || 'pid' in json) && message.startsWith('tracking parent process')))
  );
}

/** The audit of the Delinea Platform and the logs of its engines. */
export default defineSource({
  id: 'delinea.platform',
  signatures: [
    { kind: 'json', keys: ['Event type'], test: (json) => 'Initiated by' in json || 'Service' in json },
    {
      kind: 'json',
      keys: ['eventType', 'displayMessage'],
      test: (json) => String(object(json['eventType'])?.['name'] ?? '').startsWith('Delinea.'),
    },
    { kind: 'json', keys: ['msg', 'level'], test: isEngine },
  ],
  parse,
});
