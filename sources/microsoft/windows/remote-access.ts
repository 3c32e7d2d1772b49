import type { EcsFields } from '@vigie/contracts';
import { put, toLong } from '../../kit/types.ts';
import { dataOf, putAccountText, putAddress } from '../_shared/fields.ts';
import type { WindowsEvent } from '../_shared/windows-event.ts';
import type { EventMapping } from '../_shared/winlog.ts';

const vpn = ['network', 'session'] as const;

/** The account of an event: its second parameter, or what stands behind "The user" where only the text was sent. */
function account(event: WindowsEvent, doc: EcsFields): void {
  const named =
    dataOf(event, 'param2') ??
    /The user \(?([^\s()]{1,256})\)? /.exec(event.message?.slice(0, 1_000) ?? '')?.[1];
  if (named !== undefined && !/^system$/i.test(named)) putAccountText(doc, 'user', named);
  // `CoID={…}` joins the records of one connection.
  const id = dataOf(event, 'param1') ?? event.message?.slice(0, 80);
  const correlation = id === undefined ? null : /\{?([0-9A-Fa-f]{8}-[0-9A-Fa-f-]{27})\}?/.exec(id);
  if (correlation !== null) put(doc, 'event.id', correlation[1]!.toLowerCase());
}

/** The client: connection profile, and why a connection failed or ended. */
function client(event: WindowsEvent, doc: EcsFields): void {
  account(event, doc);
  put(doc, 'network.name', dataOf(event, 'param3'));
  if (event.eventId === 20226 || event.eventId === 20227) {
    const code =
      dataOf(event, 'param4') ??
      /(?:termination|failure) is (\d{1,6})/.exec(event.message?.slice(0, 1_000) ?? '')?.[1];
    put(doc, 'error.code', code);
  }
}

/** The server: who came from where, what address it got, how much went through. */
function server(event: WindowsEvent, doc: EcsFields): void {
  account(event, doc);
  const third = dataOf(event, 'param3');
  const fourth = dataOf(event, 'param4');
  switch (event.eventId) {
    case 20271:
      if (third !== undefined) putAddress(doc, 'source', third);
      put(doc, 'event.reason', fourth);
      break;
    case 20274:
      // The address inside the tunnel is the client's translated one.
      if (fourth !== undefined) put(doc, 'source.nat.ip', fourth);
      break;
    case 20272: {
      const minutes = toLong(dataOf(event, 'param8'));
      const seconds = toLong(dataOf(event, 'param9'));
      if (minutes !== undefined && seconds !== undefined)
        doc['event.duration'] = (minutes * 60 + seconds) * 1e9;
      // Sent by the server: to the client that began the connection.
      const sent = toLong(dataOf(event, 'param10'));
      const received = toLong(dataOf(event, 'param11'));
      if (sent !== undefined) doc['destination.bytes'] = sent;
      if (received !== undefined) doc['source.bytes'] = received;
      put(doc, 'event.reason', dataOf(event, 'param12'));
      put(doc, 'network.protocol', dataOf(event, 'param13')?.toLowerCase());
      break;
    }
  }
}

/** RasClient: the VPN client of Windows, so also Always On VPN. */
export const RAS_CLIENT_EVENTS: Readonly<Record<number, EventMapping>> = {
  20220: { category: vpn, type: ['connection', 'end'], action: 'vpn-terminated', map: client },
  20221: { category: vpn, type: ['connection', 'info'], action: 'vpn-dialling', map: client },
  20222: { category: vpn, type: ['connection', 'info'], action: 'vpn-link-attempted', map: client },
  20223: {
    category: vpn,
    type: ['connection', 'info'],
    action: 'vpn-link-established',
    outcome: 'success',
    map: client,
  },
  20224: {
    category: vpn,
    type: ['connection', 'info'],
    action: 'vpn-authenticated',
    outcome: 'success',
    map: client,
  },
  20225: {
    category: vpn,
    type: ['connection', 'start'],
    action: 'vpn-connected',
    outcome: 'success',
    map: client,
  },
  20226: { category: vpn, type: ['connection', 'end'], action: 'vpn-terminated', map: client },
  20227: {
    category: vpn,
    type: ['connection', 'error'],
    action: 'vpn-failed',
    outcome: 'failure',
    map: client,
  },
};

/** RemoteAccess and RasMan: the Routing and Remote Access server that Always On VPN connects to. */
export const REMOTE_ACCESS_EVENTS: Readonly<Record<number, EventMapping>> = {
  20049: {
    category: ['network', 'authentication'],
    type: ['connection', 'error'],
    action: 'vpn-authentication-timeout',
    outcome: 'failure',
    map: server,
  },
  20088: { category: ['network'], type: ['info'], action: 'vpn-server-address-acquired' },
  20249: {
    category: ['authentication'],
    type: ['start'],
    action: 'vpn-authentication-failed',
    outcome: 'failure',
    map: server,
  },
  20250: {
    category: ['authentication', 'network', 'session'],
    type: ['connection', 'start'],
    action: 'vpn-connected',
    outcome: 'success',
    map: server,
  },
  20253: {
    category: ['network'],
    type: ['connection', 'denied'],
    action: 'vpn-line-refused',
    outcome: 'failure',
    map: server,
  },
  20255: {
    category: ['network'],
    type: ['connection', 'error'],
    action: 'vpn-ppp-error',
    outcome: 'failure',
    map: server,
  },
  20271: {
    category: ['authentication', 'network'],
    type: ['start', 'denied'],
    action: 'vpn-authentication-failed',
    outcome: 'failure',
    map: server,
  },
  20272: { category: vpn, type: ['connection', 'end'], action: 'vpn-disconnected', map: server },
  20274: {
    category: vpn,
    type: ['connection', 'info'],
    action: 'vpn-address-assigned',
    outcome: 'success',
    map: server,
  },
  20275: { category: vpn, type: ['connection', 'end'], action: 'vpn-address-released', map: server },
};
