import { WHAT } from '../../kit/categorise.ts';
import { programSource } from '../../kit/program-source.ts';

const BAD = { ...WHAT.login, action: 'login', outcome: 'failure' } as const;
const OK = { ...WHAT.login, action: 'login', outcome: 'success' } as const;
const START = { ...WHAT.processStart, action: 'service-started' } as const;
const STOP = { ...WHAT.processEnd, action: 'service-stopped' } as const;
const LISTEN = { category: ['network', 'process'], type: ['info', 'start'], action: 'listening' } as const;

/** Messages of OpenPegasus' bundles, whose ids (`PGS17200`) come first. */
export default programSource({
  id: 'openpegasus.cimserver',
  programs: ['cimserver', 'vimserver', 'cimserverd', 'cimservera', 'cimprovagt', 'tog-pegasus'],
  otherwise: WHAT.hostInfo,
  messages: [
    ['Authentication failed for user {user@account}.', BAD],
    ['Authentication failed for user {user@account} from client IP address {source@endpoint}.', BAD],
    ['Authentication succeeded for user {user@account}', OK],
    ['User {user@account} is not authorized{?}', { ...BAD, action: 'authorisation' }],
    ['User {user@account} authenticated{?}', OK],
    ['Local authentication failed for user {user@account}', BAD],
    ['The CIM server is listening on {openpegasus.cimserver.scheme} port {server.port@port}.', LISTEN],
    ['Listening on {openpegasus.cimserver.scheme} port {server.port@port}.', LISTEN],
    ['Started {openpegasus.cimserver.service} version {service.version}.', START],
    ['{openpegasus.cimserver.service} stopped.', STOP],
    ['The CIM server is shutting down{?}', STOP],
    ['Provider {openpegasus.cimserver.provider} {event.reason}', { ...WHAT.hostError, action: 'provider' }],
    ['Failed to {event.reason}', WHAT.hostError],
    ['Error: {event.reason}', WHAT.hostError],
    [
      'Updated current value for property {openpegasus.cimserver.property} to value "{openpegasus.cimserver.value}"',
      WHAT.configurationChanged,
    ],
  ],
  before: (doc, text) => {
    const id = /^(PGS\d{5}): /.exec(text);
    if (id === null) return text;
    doc['event.code'] = id[1]!;
    return text.slice(id[0].length);
  },
});
