import type { MappingShape } from '@vigie/contracts/mapping.ts';
import type { Shape } from './shapes.ts';

/** What makes a member look like a field: its name, its values, or both. */
export interface Clue {
  readonly field: string;
  readonly as?: MappingShape;
  /** Tried on the member's name in lower-case words, those of its objects before it: `actor client ip`. */
  readonly name?: RegExp;
  /** What the name says, for the person. */
  readonly says: string;
  /** One of these; absent: any. */
  readonly shapes?: readonly Shape[];
  readonly notShapes?: readonly Shape[];
  /** Most distinct values. */
  readonly most?: number;
  readonly lowercase?: boolean;
}

const SOURCE = /\b(?:src|source|client|remote|caller|peer|from|origin|user|actor|s|c)\b/;
const DESTINATION = /\b(?:dst|dest|destination|target|server|to|d)\b/;
const DEVICE = /\b(?:device|controller|sensor|reader|panel|gateway|appliance|observer|dvc|unit|probe)\b/;

/** Tried in order: the first that holds is taken, and of two members for one field the one that came first. */
export const CLUES: readonly Clue[] = [
  {
    field: '@timestamp',
    name: /\b(?:timestamp|date ?time|event time|time|ts|date|when|occurred|created|logged)\b/,
    says: 'time',
    shapes: ['time', 'epoch'],
  },
  { field: '@timestamp', says: 'time', shapes: ['time'] },
  { field: 'source', as: 'host-port', name: SOURCE, says: 'source', shapes: ['ip-port'] },
  { field: 'destination', as: 'host-port', name: DESTINATION, says: 'destination', shapes: ['ip-port'] },
  { field: 'observer.ip', name: DEVICE, says: 'device', shapes: ['ip'] },
  { field: 'source.ip', name: SOURCE, says: 'source', shapes: ['ip'] },
  { field: 'destination.ip', name: DESTINATION, says: 'destination', shapes: ['ip'] },
  { field: 'host.ip', name: /\b(?:host|machine|computer|agent|node)\b/, says: 'host', shapes: ['ip'] },
  { field: 'source.ip', says: 'source', shapes: ['ip'] },
  { field: 'observer.mac', name: DEVICE, says: 'device', shapes: ['mac'] },
  { field: 'destination.mac', name: DESTINATION, says: 'destination', shapes: ['mac'] },
  { field: 'source.mac', name: SOURCE, says: 'source', shapes: ['mac'] },
  { field: 'host.mac', says: 'host', shapes: ['mac'] },
  {
    field: 'source.port',
    name: /\b(?:(?:src|source|client|remote|s) ?(?:port|pt)|sport|spt)\b/,
    says: 'source port',
    shapes: ['port'],
  },
  {
    field: 'destination.port',
    name: /\b(?:(?:dst|dest|destination|target|server|d) ?(?:port|pt)|dport|dpt|port)\b/,
    says: 'destination port',
    shapes: ['port'],
  },
  {
    field: 'network.transport',
    name: /\b(?:proto|protocol|transport)\b/,
    says: 'protocol',
    most: 10,
    notShapes: ['ip'],
  },
  { field: 'user_agent.original', name: /\b(?:user ?agent|ua)\b/, says: 'user agent', shapes: ['text'] },
  {
    field: 'http.request.method',
    name: /\b(?:http )?(?:method|verb)\b/,
    says: 'method of a request',
    shapes: ['text'],
    most: 12,
  },
  {
    field: 'http.response.status_code',
    name: /\b(?:http|response) ?(?:status|code)(?: code)?\b|\bstatus code\b/,
    says: 'status of an answer',
    shapes: ['number'],
  },
  { field: 'url', as: 'url', says: 'address on the web', shapes: ['url'] },
  { field: 'file.hash', as: 'hash', says: 'digest', shapes: ['hash'] },
  {
    field: 'user.id',
    name: /\b(?:user|employee|person|account|badge|card|holder|actor|operator) ?(?:id|no|nr|number|uid|sid)\b|\b(?:uid|sid|badge|card)$/,
    says: 'number of a person',
    notShapes: ['ip', 'mac', 'time', 'boolean'],
  },
  {
    field: 'user',
    as: 'account',
    name: /\b(?:user|username|login|account|actor|principal|holder|employee|person|operator|who|cardholder|mail|email|upn)\b/,
    says: 'person',
    shapes: ['email'],
  },
  {
    field: 'user',
    as: 'account',
    name: /\b(?:user(?: ?name)?|login(?: name)?|account(?: ?name)?|actor(?: name)?|principal(?: name)?|(?:card ?)?holder(?: name)?|employee(?: name)?|person(?: name)?|operator(?: name)?|who)$/,
    says: 'person',
    shapes: ['text'],
  },
  {
    field: 'event.outcome',
    name: /\b(?:result|outcome|status|success|succeeded|decision|verdict|granted|allowed|disposition|access|state)$/,
    says: 'how it ended',
    shapes: ['text', 'boolean'],
    most: 12,
  },
  {
    field: 'event.action',
    name: /\b(?:action|event|event ?(?:type|name)|type|operation|op|activity|what|command)$/,
    says: 'what was done',
    shapes: ['text'],
    most: 40,
    lowercase: true,
  },
  { field: 'event.reason', name: /\b(?:reason|cause|why)\b/, says: 'reason', shapes: ['text'] },
  {
    field: 'event.severity',
    name: /\b(?:severity|sev|priority|level)$/,
    says: 'severity',
    shapes: ['number'],
  },
  {
    field: 'log.level',
    name: /\b(?:severity|sev|level|log ?level)$/,
    says: 'level',
    shapes: ['text'],
    most: 12,
    lowercase: true,
  },
  {
    field: 'file',
    as: 'file',
    name: /\b(?:file|path|filename|document)\b/,
    says: 'file',
    shapes: ['path', 'text', 'host'],
  },
  { field: 'process.pid', name: /\b(?:pid|process ?id)\b/, says: 'process', shapes: ['number'] },
  {
    field: 'process.name',
    name: /\b(?:process|proc|program|exe|image)(?: ?name)?$/,
    says: 'process',
    shapes: ['text', 'path', 'host'],
  },
  {
    field: 'dns.question.name',
    name: /\b(?:query|qname|question|dns name)\b/,
    says: 'name that was asked for',
    shapes: ['host'],
  },
  {
    field: 'source.domain',
    name: /\b(?:src|source|client|remote) ?(?:host|name|hostname|domain)\b/,
    says: 'source',
    shapes: ['host', 'text'],
  },
  {
    field: 'destination.domain',
    name: /\b(?:dst|dest|destination|target|server) ?(?:host|name|hostname|domain)\b/,
    says: 'destination',
    shapes: ['host', 'text'],
  },
  {
    field: 'observer.version',
    name: /\b(?:firmware|fw|version)\b/,
    says: 'version',
    notShapes: ['ip', 'time', 'mac'],
    most: 20,
  },
  {
    field: 'observer.serial_number',
    name: /\b(?:serial|serial ?(?:no|nr|number)|device ?id|controller ?id)\b/,
    says: 'serial number',
    shapes: ['text', 'number'],
  },
  {
    field: 'observer.name',
    name: /\b(?:device|controller|sensor|panel|gateway|appliance|dvc|unit|probe)(?: ?(?:name|host|hostname))?$/,
    says: 'device',
    shapes: ['text', 'host'],
  },
  {
    field: 'host.name',
    name: /\b(?:host|hostname|host name|computer|machine|node|workstation)(?: ?name)?$/,
    says: 'host',
    shapes: ['text', 'host'],
  },
  { field: 'rule.name', name: /\b(?:rule|policy)(?: ?name)?$/, says: 'rule', shapes: ['text'] },
  { field: 'rule.id', name: /\b(?:rule|policy) ?id$/, says: 'rule', shapes: ['text', 'number'] },
  {
    field: 'source.bytes',
    name: /\b(?:bytes ?(?:sent|out)|sent ?bytes|out ?bytes|tx ?bytes|sent)$/,
    says: 'bytes sent',
    shapes: ['number'],
  },
  {
    field: 'destination.bytes',
    name: /\b(?:bytes ?(?:received|rcvd|in)|(?:received|rcvd) ?bytes|in ?bytes|rx ?bytes|rcvd)$/,
    says: 'bytes received',
    shapes: ['number'],
  },
  {
    field: 'event.id',
    name: /^(?:id|event ?id|uuid|guid|record ?id|seq|sequence|event uuid)$/,
    says: 'number of the event',
    notShapes: ['ip', 'time'],
  },
  { field: 'event.code', name: /\b(?:code|event ?code|msg ?id|message ?id)$/, says: 'code', most: 50 },
  {
    field: 'message',
    name: /\b(?:message|msg|text|description|detail|details|summary)$/,
    says: 'message',
    shapes: ['text'],
  },
  { field: 'user.email', says: 'person', shapes: ['email'] },
];

/** A member's path as lower-case words: `actor.clientIP` → `actor client ip`. */
export function wordsOf(key: string): string {
  return key
    .slice(0, 300)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .replace(/\b(src|dst|client|source|dest|remote|server|host|user)(ip|port|mac|name|id|host)\b/g, '$1 $2')
    .trim();
}
