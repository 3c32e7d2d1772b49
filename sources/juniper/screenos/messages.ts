import { type Categorisation, WHAT } from '../../kit/categorise.ts';
import { messageTable } from '../../kit/message-table.ts';

export const VENDOR = 'juniper.screenos.';

const OK = { ...WHAT.login, action: 'login', outcome: 'success' } as const;
const BAD = { ...WHAT.login, action: 'login', outcome: 'failure' } as const;
const OUT = { ...WHAT.logout, action: 'logout', outcome: 'success' } as const;
const LINK: Categorisation = { category: ['network', 'host'], type: ['change'], action: 'interface-changed' };
const FROM = '{source@endpoint}:{source.port@port}';

/** Sentences of ScreenOS's message log reference, without the change forms that many messages share. */
export const MESSAGES = messageTable(VENDOR, [
  [
    `Admin user "{user@account}" logged in for {${VENDOR}method} management (port {destination.port@port}) from ${FROM}`,
    OK,
  ],
  [`Admin user {user@account} has logged on via the console`, OK],
  [`Admin user {user@account} has logged on via {${VENDOR}method} from ${FROM}`, OK],
  [`Admin user {user@account} has logged on via {${VENDOR}method} from {source@endpoint}`, OK],
  [
    `Admin user "{user@account}" login attempt for {${VENDOR}method} management (port {destination.port@port}) from ${FROM} failed{?}`,
    BAD,
  ],
  [
    `Admin user "{user@account}" logged out for {${VENDOR}method} management (port {destination.port@port}) from ${FROM}`,
    OUT,
  ],
  [`Admin user {user@account} has logged out via {${VENDOR}method} from {source@endpoint}`, OUT],
  [
    `Login attempt to system by admin {user@account} via {${VENDOR}method} from {source@endpoint} has failed{?}`,
    BAD,
  ],
  [`Login attempt by admin {user@account} from {source@endpoint} is refused{?}`, BAD],
  [`ADM: Local admin authentication successful for login name {user@account}`, OK],
  [`ADM: Local admin authentication failed for login name '{user@account}': {${VENDOR}cause}`, BAD],
  [`ADM: Local admin authentication failed for login name {user@account}: {${VENDOR}cause}`, BAD],
  [`SSH: Password authentication successful for admin user '{user@account}' at host {source@endpoint}`, OK],
  [`SSH: Password authentication failed for admin user '{user@account}' at host {source@endpoint}`, BAD],
  [`SSH: PKA authentication successful for admin user '{user@account}' at host {source@endpoint}`, OK],
  [`SSH: PKA authentication failed for admin user '{user@account}' at host {source@endpoint}`, BAD],
  [`Management session via {${VENDOR}method} from ${FROM} for admin {user@account} has timed out`, OUT],
  [`Management session via {${VENDOR}method} from ${FROM} for [{}] admin {user@account} has timed out`, OUT],
  [`Management session via {${VENDOR}method} for admin {user@account} has timed out`, OUT],
  [`User {user@account} at {source@endpoint} has been authenticated via the {${VENDOR}server} server{?}`, OK],
  [`User {user@account} at {source@endpoint} is rejected via {${VENDOR}server}`, BAD],
  [`Authentication for user {user@account} was denied{?}`, BAD],
  [`WebAuth user {user@account} at {source@endpoint} has been accepted via the {${VENDOR}server} server`, OK],
  [
    `WebAuth user {user@account} at {source@endpoint} has been rejected via the {${VENDOR}server} server`,
    BAD,
  ],
  [
    `IKE<{destination@endpoint}> Phase 1: Completed {${VENDOR}mode} negotiations with a <{${VENDOR}lifetime}>-second lifetime`,
    { ...WHAT.vpnStart, action: 'vpn-phase-1', outcome: 'success' },
  ],
  [
    `IKE {destination@endpoint} Phase 1: Completed {${VENDOR}mode} negotiations with a {${VENDOR}lifetime}-second lifetime`,
    { ...WHAT.vpnStart, action: 'vpn-phase-1', outcome: 'success' },
  ],
  [
    `IKE<{destination@endpoint}> Phase 2 msg ID <{${VENDOR}message_id}>: Completed negotiations{?}`,
    { ...WHAT.vpnStart, action: 'vpn-phase-2', outcome: 'success' },
  ],
  [
    `IKE {destination@endpoint} Phase 2 msg ID {${VENDOR}message_id}: Completed negotiations{?}`,
    { ...WHAT.vpnStart, action: 'vpn-phase-2', outcome: 'success' },
  ],
  [
    `Rejected an IKE packet on {observer.ingress.interface.name} from ${FROM} to {?}`,
    { ...WHAT.connection, action: 'vpn-rejected', outcome: 'failure' },
  ],
  [`VPN '{${VENDOR}vpn}' from {destination@endpoint} is up{?}`, { ...WHAT.vpnStart, action: 'vpn-up' }],
  [`VPN '{${VENDOR}vpn}' from {destination@endpoint} is down{?}`, { ...WHAT.vpnEnd, action: 'vpn-down' }],
  [`VPN {${VENDOR}vpn} from {destination@endpoint} is up{?}`, { ...WHAT.vpnStart, action: 'vpn-up' }],
  [`VPN {${VENDOR}vpn} from {destination@endpoint} is down{?}`, { ...WHAT.vpnEnd, action: 'vpn-down' }],
  [
    `The physical state of the interface {observer.ingress.interface.name} has changed to {${VENDOR}state}`,
    LINK,
  ],
  [`interface {observer.ingress.interface.name} has changed to {${VENDOR}state}`, LINK],
  [
    `UF-MGR: URL BLOCKED: {source@endpoint}({source.port@port})->{destination@endpoint}({destination.port@port}) {?}`,
    { category: ['network', 'web'], type: ['access', 'denied'], action: 'url-blocked' },
  ],
  [
    `UF-MGR: URL PERMITTED: {source@endpoint}({source.port@port})->{destination@endpoint}({destination.port@port}) {?}`,
    { category: ['network', 'web'], type: ['access', 'allowed'], action: 'url-permitted' },
  ],
  [
    `AV: VIRUS FOUND: {threat.software.name}, {?}`,
    { category: ['network', 'malware'], type: ['info'], action: 'virus-found' },
    { 'event.kind': 'alert' },
  ],
  [`System was reset at {?}`, { category: ['host'], type: ['start'], action: 'restart' }],
]);
