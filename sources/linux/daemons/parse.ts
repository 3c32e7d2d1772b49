import { type Categorisation, WHAT } from '../../kit/categorise.ts';
import { programSource } from '../../kit/program-source.ts';

const OWN = 'linux.daemons.';
const STARTED: Categorisation = { category: ['process'], type: ['start'], action: 'service-started' };
const ENDED: Categorisation = { category: ['process'], type: ['end'], action: 'service-stopped' };
const LOST: Categorisation = { category: ['host'], type: ['error'], action: 'logs-dropped' };
const REFUSED: Categorisation = {
  category: ['network'],
  type: ['connection', 'denied'],
  action: 'connection-refused',
  outcome: 'failure',
};

/** Daemons that every Linux machine has, whose messages are few: logging, time, network, super-servers. */
export default programSource({
  id: 'linux.daemons',
  programs: [
    'rsyslogd',
    'rsyslogd-2177',
    'syslog-ng',
    'systemd-journald',
    'networkmanager',
    'dhclient',
    'dhcpcd',
    'ntpd',
    'chronyd',
    'systemd-timesyncd',
    'systemd-resolved',
    'systemd-networkd',
    'xinetd',
    'inetd',
    'rshd',
    'rlogind',
    'in.rshd',
    'telnetd',
    'in.telnetd',
    'in.rlogind',
    'rpcbind',
    'mountd',
    'rpc.mountd',
    'smartd',
    'irqbalance',
    'dbus-daemon',
    'auditd',
    'modemmanager',
    'avahi-daemon',
    'cups-browsed',
    'snapd',
    'packagekitd',
    // A spelling that is found in logs.
    'rhsd',
    'pacemakerd',
    'pacemaker-controld',
    'crmd',
    'cib',
    'attrd',
    'pengine',
    'lrmd',
    'stonith-ng',
    'corosync',
  ],
  messages: [
    [`imuxsock begins to drop messages from pid {${OWN}pid} due to rate-limiting`, LOST],
    [`imuxsock lost {${OWN}lost} messages from pid {${OWN}pid} due to rate-limiting`, LOST],
    [`imjournal: begin to drop messages due to rate-limiting`, LOST],
    [`imjournal: {${OWN}lost} messages lost due to rate-limiting{?}`, LOST],
    [`Suppressed {${OWN}lost} messages from {${OWN}unit}`, LOST],
    [`Forwarding to syslog missed {${OWN}lost} messages.`, LOST],
    [`[origin software="rsyslogd" {}] start`, STARTED],
    [`[origin software="rsyslogd" {}] exiting on signal {}`, ENDED],
    [`[origin software="rsyslogd" {}] rsyslogd was HUPed`, WHAT.hostInfo],
    [`syslog-ng starting up; version='{service.version}'{?}`, STARTED],
    [`syslog-ng shutting down; version='{service.version}'{?}`, ENDED],
    [`Journal started`, STARTED],
    [`Journal stopped`, ENDED],
    [`Connection from {source@endpoint} on illegal port{?}`, REFUSED],
    [`Connection from {source@endpoint} refused{?}`, REFUSED],
    [`refused connect from {source@endpoint} ({})`, REFUSED],
    [`refused connect from {source@endpoint}`, REFUSED],
    [
      `refused mount request from {source@endpoint} for {file.path} {?}`,
      { ...REFUSED, action: 'mount-refused' },
    ],
    [
      `authenticated mount request from {source@endpoint}:{source.port@port} for {file.path} ({})`,
      { ...WHAT.sessionStart, action: 'mount', outcome: 'success' },
    ],
    [
      `authenticated unmount request from {source@endpoint}:{source.port@port} for {file.path} ({})`,
      { ...WHAT.sessionEnd, action: 'unmount', outcome: 'success' },
    ],
    [
      `START: {${OWN}service} pid={${OWN}pid} from={source@endpoint}`,
      { ...WHAT.connectionStart, action: 'service-opened' },
    ],
    [`EXIT: {${OWN}service} {}`, { ...WHAT.connectionEnd, action: 'service-closed' }],
    [`FAIL: {${OWN}service} {event.reason} from={source@endpoint}`, REFUSED],
    [`connect from {source@endpoint}`, { ...WHAT.connectionStart, action: 'connection' }],
    // The cluster's daemons write their level in front.
    [
      `notice: {${OWN}function}: State transition {${OWN}from} -> {${OWN}to}`,
      { category: ['host'], type: ['change'], action: 'cluster-state-changed' },
    ],
    [
      `notice: Node {${OWN}node} state is now {${OWN}state}`,
      { category: ['host'], type: ['change'], action: 'cluster-member-changed' },
    ],
    [
      `warning: Node {${OWN}node} {event.reason}`,
      { category: ['host'], type: ['error'], action: 'cluster-member-changed' },
    ],
    [`error: {event.reason}`, { ...WHAT.hostError, action: 'error' }],
    [`crit: {event.reason}`, { ...WHAT.hostError, action: 'error' }],
    [`warning: {event.reason}`, { ...WHAT.hostError, action: 'warning' }],
    [`notice: {event.reason}`, WHAT.hostInfo],
    [`info: {event.reason}`, WHAT.hostInfo],
    [`<warn> {event.reason}`, { ...WHAT.hostError, action: 'warning' }],
    [`<error> {event.reason}`, { ...WHAT.hostError, action: 'error' }],
    [`<warn>  [{}] {event.reason}`, { ...WHAT.hostError, action: 'warning' }],
    [
      `<info>  [{}] dhcp4 ({${OWN}interface}): state changed {} -> bound{?}`,
      { ...WHAT.dhcp, action: 'lease' },
    ],
    [
      `<info>  [{}] device ({${OWN}interface}): state change: {} -> {}`,
      { category: ['network', 'host'], type: ['change'], action: 'interface-changed' },
    ],
    [`bound to {client@endpoint} -- renewal in {} seconds.`, { ...WHAT.dhcp, action: 'lease' }],
    [
      `DHCPACK of {client@endpoint} from {server@endpoint}`,
      { ...WHAT.dhcp, action: 'lease', outcome: 'success' },
    ],
    [`DHCPACK from {server@endpoint}`, { ...WHAT.dhcp, action: 'lease', outcome: 'success' }],
    [
      `time reset {${OWN}step} s`,
      { category: ['configuration', 'host'], type: ['change'], action: 'clock-changed' },
    ],
    [
      `System clock wrong by {${OWN}step} seconds{?}`,
      { category: ['host'], type: ['info'], action: 'clock-wrong' },
    ],
    [
      `System clock was stepped by {${OWN}step} seconds`,
      { category: ['configuration', 'host'], type: ['change'], action: 'clock-changed' },
    ],
    [`Selected source {server@endpoint}`, { ...WHAT.hostInfo, action: 'time-source' }],
    [`no servers reachable`, { ...WHAT.hostError, action: 'time-source-lost' }],
    [`kernel reports TIME_ERROR: {}`, { ...WHAT.hostError, action: 'clock-unsynchronised' }],
    [`Device: {${OWN}device}, SMART Failure: {event.reason}`, { ...WHAT.hostError, action: 'disk-failing' }],
    [
      `Device: {${OWN}device}, {${OWN}sectors} Currently unreadable (pending) sectors{?}`,
      { ...WHAT.hostError, action: 'disk-failing' },
    ],
    [`Audit daemon rotating log files`, WHAT.hostInfo],
    [`The audit daemon is exiting.`, ENDED],
    [`Init complete, auditd {service.version} listening for events{?}`, STARTED],
  ],
  after(doc) {
    doc['host.os.type'] ??= 'linux';
    if (doc['process.name'] === 'rsyslogd-2177') doc['process.name'] = 'rsyslogd';
    if (doc['process.name'] === 'rhsd') doc['process.name'] = 'rshd';
  },
});
