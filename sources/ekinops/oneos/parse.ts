import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { type Observer, putObserver, putTransport } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const OBSERVER: Observer = { vendor: 'Ekinops', product: 'OneOS', type: 'router' };

const START = /^#([A-Z]{3,10})# ?/;
/** Who did it, from where, and when, behind what was done. */
const BY = / by (?:VTY )?user '([^']{1,64})' from (.{1,60}?) (?:on|at) [A-Z\d]/;
const LOGIN = /^LOGIN_(SUCCESS|FAILURE) for (?:VTY )?user '([^']{1,64})' from (.{1,60}?) (?:on|at) /;
const LOGOUT =
  /^Logged out user: ?(\S{1,64}) from a (\S{1,20}) session(?: with client ip: ([0-9A-Fa-f.:]{3,45}))?/;
const LIST =
  /^list (\S{1,80}) (permitted|denied) (?:proto )?([a-z\d-]{1,12}) ([0-9A-Fa-f.:]{2,45}?)(?::(\d{1,5}))? ?-> ?([0-9A-Fa-f.:]{2,45}?)(?::(\d{1,5}))?(?: |$)/;
const INTERFACE = /^IF: (.{1,60}?) is (?:administratively )?(UP|DOWN)\b/i;
const COMPONENT = /^([A-Z]{2,12}) \[[A-Z]{2,12}\] (.{1,2000})/;

function putSide(
  doc: EcsFields,
  side: 'source' | 'destination',
  address: string,
  port: string | undefined,
): void {
  const ip = parseIp(address);
  if (ip !== undefined) {
    doc[side === 'source' ? 'source.ip' : 'destination.ip'] = ip;
    doc[side === 'source' ? 'source.address' : 'destination.address'] = ip;
  }
  const number = port === undefined ? undefined : parsePort(port);
  if (number !== undefined) doc[side === 'source' ? 'source.port' : 'destination.port'] = number;
}

function putOrigin(doc: EcsFields, words: string): void {
  const ip = parseIp(words.split(' ').at(-1)!);
  if (ip !== undefined) putSide(doc, 'source', ip, undefined);
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const start = START.exec(input.text);
  if (start === null) return 'rejected';
  const text = input.text.slice(start[0].length).trim();
  putObserver(doc, OBSERVER);
  doc['log.level'] = start[1]!;
  doc['message'] = text;
  const login = LOGIN.exec(text);
  if (login !== null) {
    doc['user.name'] = login[2]!;
    putOrigin(doc, login[3]!);
    categorise(doc, { ...WHAT.login, outcome: login[1] === 'SUCCESS' ? 'success' : 'failure' });
    return 'parsed';
  }
  const logout = LOGOUT.exec(text);
  if (logout !== null) {
    doc['user.name'] = logout[1]!;
    if (logout[3] !== undefined) putSide(doc, 'source', logout[3], undefined);
    categorise(doc, { category: ['authentication'], type: ['end'], outcome: 'success' });
    return 'parsed';
  }
  const list = LIST.exec(text);
  if (list !== null) {
    doc['rule.name'] = list[1]!;
    doc['event.action'] = list[2]!;
    putTransport(doc, list[3]!);
    putSide(doc, 'source', list[4]!, list[5]);
    putSide(doc, 'destination', list[6]!, list[7]);
    const type: EventType = list[2] === 'denied' ? 'denied' : 'allowed';
    categorise(doc, { category: ['network'], type: [type] });
    return 'parsed';
  }
  const device = INTERFACE.exec(text);
  if (device !== null) {
    doc['observer.ingress.interface.name'] = device[1]!;
    doc['event.action'] = device[2]!;
    categorise(doc, { category: ['host'], type: ['change'] });
    return 'parsed';
  }
  const by = BY.exec(text);
  if (by !== null) {
    doc['event.reason'] = text.slice(0, by.index).replace(/ for$/, '');
    doc['user.name'] = by[1]!;
    putOrigin(doc, by[2]!);
    categorise(doc, WHAT.configurationChanged);
    return 'parsed';
  }
  const component = COMPONENT.exec(text);
  if (component !== null) doc['event.provider'] = component[1]!;
  doc['event.reason'] = component?.[2] ?? text;
  categorise(doc, { category: ['process'], type: ['info'] });
  return component === null ? 'partial' : 'parsed';
}

/** Ekinops OneOS 5 and 6. */
export default defineSource({
  id: 'ekinops.oneos',
  signatures: ['#INFO# ', '#NOTIFY# ', '#WARN# ', '#ERROR# ', '#CRIT# ', '#ALERT# ', '#DEBUG# '].map(
    (prefix) => ({
      kind: 'text' as const,
      prefix,
    }),
  ),
  parse,
});
