import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, object, text } from '../../kit/json.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';

const VENDOR = 'docker.docker.';

/** Keys of the daemon's lines; logrus writes them. */
const DAEMON = fieldTable(
  VENDOR,
  `
  time         @timestamp          own
  level        log.level           lower
  msg          message             text
  error        error.message       text
  container    container.id        text
  containerID  container.id        text
  exec         docker.docker.exec  text
  module       log.logger          text
`,
);

function readDaemon(input: ParseInput, doc: EcsFields): boolean {
  const pairs = parseKeyValue(input.text);
  const level = pairs.get('level');
  const message = pairs.get('msg');
  const when = pairs.get('time');
  if (level === undefined || message === undefined || when === undefined) return false;
  for (const [key, value] of pairs) if (value !== '') DAEMON.put(doc, key, value);
  putDate(doc, '@timestamp', parseIso(when, input.timeZone));
  doc['event.dataset'] = 'docker.docker.daemon';
  if (/^(?:Daemon has completed initialization|API listen on)/.test(message))
    categorise(doc, { ...WHAT.processStart, action: 'daemon-start' });
  else if (/^(?:Processing signal|Daemon shutdown complete)/.test(message))
    categorise(doc, { ...WHAT.processEnd, action: 'daemon-stop' });
  else if (/ignoring event|Container failed to exit|shim disconnected/.test(message))
    categorise(doc, { category: ['process'], type: ['end'], action: 'container-end' });
  else categorise(doc, /^(?:error|fatal|panic)$/.test(level) ? WHAT.hostError : WHAT.hostInfo);
  return true;
}

const KINDS: Readonly<Record<string, Categorisation>> = {
  create: { category: ['process', 'configuration'], type: ['creation'] },
  start: { category: ['process'], type: ['start'] },
  restart: { category: ['process'], type: ['start'] },
  unpause: { category: ['process'], type: ['start'] },
  die: { category: ['process'], type: ['end'] },
  stop: { category: ['process'], type: ['end'] },
  kill: { category: ['process'], type: ['end'] },
  oom: { category: ['process'], type: ['error'] },
  pause: { category: ['process'], type: ['change'] },
  destroy: { category: ['configuration'], type: ['deletion'] },
  exec_create: { category: ['process'], type: ['info'] },
  exec_start: { category: ['process'], type: ['start'] },
  exec_die: { category: ['process'], type: ['end'] },
  pull: { category: ['package'], type: ['installation'] },
  load: { category: ['package'], type: ['installation'] },
  import: { category: ['package'], type: ['installation'] },
  delete: { category: ['package'], type: ['deletion'] },
  remove: { category: ['configuration'], type: ['deletion'] },
  connect: { category: ['network', 'configuration'], type: ['change'] },
  disconnect: { category: ['network', 'configuration'], type: ['change'] },
  copy: { category: ['file'], type: ['access'] },
  'archive-path': { category: ['file'], type: ['access'] },
  'extract-to-dir': { category: ['file'], type: ['change'] },
  export: { category: ['file'], type: ['access'] },
  commit: { category: ['package'], type: ['creation'] },
};

function readEvent(json: JsonObject, doc: EcsFields): boolean {
  const type = text(json['Type']);
  const action = text(json['Action']);
  const actor = object(json['Actor']);
  if (type === undefined || action === undefined || actor === undefined) return false;
  doc['event.dataset'] = 'docker.docker.events';
  const nano = text(json['timeNano']);
  const second = json['time'];
  // Nanoseconds exceed what a number holds: their text is cut to microseconds.
  if (nano !== undefined && /^\d{19}$/.test(nano))
    putDate(doc, '@timestamp', Number(nano.slice(0, 16)) / 1000);
  else if (typeof second === 'number') putDate(doc, '@timestamp', second * 1000);
  put(doc, `${VENDOR}type`, type);
  put(doc, `${VENDOR}scope`, text(json['scope']));
  const id = text(actor['ID']);
  const attributes = object(actor['Attributes']) ?? {};
  if (type === 'container') {
    put(doc, 'container.id', id);
    put(doc, 'container.name', text(attributes['name']));
    put(doc, 'container.image.name', text(attributes['image']) ?? text(json['from']));
  } else if (type === 'image') put(doc, 'container.image.name', id);
  else put(doc, `${VENDOR}${type.toLowerCase().slice(0, 20)}.id`, id);
  if (type === 'network') put(doc, 'container.id', text(attributes['container']));
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'name' && type === 'container') continue;
    if (name === 'image' || (name === 'container' && type === 'network')) continue;
    put(doc, `${VENDOR}attributes.${name}`, text(value));
  }
  // `exec_start: /bin/sh -c id`
  const colon = action.indexOf(':');
  const word = colon < 0 ? action : action.slice(0, colon);
  if (colon >= 0 && word.startsWith('exec_'))
    put(doc, 'process.command_line', action.slice(colon + 1).trim());
  const what = Object.hasOwn(KINDS, word) ? KINDS[word]! : WHAT.hostInfo;
  const exit = text(at(attributes, 'exitCode'));
  if (exit !== undefined) put(doc, 'process.exit_code', exit);
  categorise(doc, { ...what, action: `${type}-${word}` });
  return true;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (input.json !== undefined) return readEvent(input.json, doc) ? 'parsed' : 'rejected';
  return readDaemon(input, doc) ? 'parsed' : 'rejected';
}

/** Docker's daemon and its events. */
export default defineSource({
  id: 'docker.docker',
  signatures: [
    {
      kind: 'app',
      names: ['dockerd', 'docker', 'containerd'],
      test: ({ text: line }) => line.includes('level='),
    },
    { kind: 'json', keys: ['Type', 'Action', 'Actor', 'scope'] },
    { kind: 'json', keys: ['Type', 'Action', 'Actor', 'timeNano'] },
  ],
  parse,
});
