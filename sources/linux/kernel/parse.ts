import type { EcsFields } from '@vigie/contracts';
import type { Categorisation } from '../../kit/categorise.ts';
import { programSource } from '../../kit/program-source.ts';
import { isPacket } from '../_shared/packet.ts';

const OWN = 'linux.kernel.';
const DEVICE: Categorisation = { category: ['host'], type: ['info'], action: 'device-attached' };
const ENDED: Categorisation = { category: ['process'], type: ['end'], action: 'out-of-memory' };

/** `[62828.333722] `: seconds since the machine started. */
const UPTIME = /^\[ {0,7}(\d{1,8}\.\d{1,9})\] ?/;

function before(doc: EcsFields, text: string): string {
  const uptime = UPTIME.exec(text);
  if (uptime === null) return text;
  doc[`${OWN}uptime`] = Number(uptime[1]);
  return text.slice(uptime[0].length);
}

/** What the kernel says that a defender has to know; packets are netfilter's source, audit records auditd's. */
export default programSource({
  id: 'linux.kernel',
  programs: ['kernel'],
  // Packets are netfilter's source, audit records auditd's.
  foreign: (input) => isPacket(input) || /(?:^|\] )(?:audit: )?type=\d{4} /.test(input.text.slice(0, 64)),
  before,
  messages: [
    [
      `usb {${OWN}bus}: New USB device found, idVendor={${OWN}usb.vendor_id}, idProduct={${OWN}usb.product_id}, bcdDevice={${OWN}usb.version}`,
      DEVICE,
    ],
    [
      `usb {${OWN}bus}: New USB device found, idVendor={${OWN}usb.vendor_id}, idProduct={${OWN}usb.product_id}`,
      DEVICE,
    ],
    [`usb {${OWN}bus}: Product: {${OWN}usb.product}`, { ...DEVICE, action: 'device-described' }],
    [`usb {${OWN}bus}: Manufacturer: {${OWN}usb.manufacturer}`, { ...DEVICE, action: 'device-described' }],
    [`usb {${OWN}bus}: SerialNumber: {${OWN}usb.serial}`, { ...DEVICE, action: 'device-described' }],
    [`usb {${OWN}bus}: new {${OWN}usb.speed} USB device number {${OWN}usb.number} using {}`, DEVICE],
    [
      `usb {${OWN}bus}: USB disconnect, device number {${OWN}usb.number}`,
      { ...DEVICE, action: 'device-removed' },
    ],
    [`usb-storage {${OWN}bus}: USB Mass Storage device detected`, { ...DEVICE, action: 'storage-attached' }],
    [`sd {}: [{${OWN}disk}] Attached SCSI removable disk`, { ...DEVICE, action: 'storage-attached' }],
    [
      `device {${OWN}interface} entered promiscuous mode`,
      { category: ['network', 'host'], type: ['change'], action: 'promiscuous-mode-entered' },
    ],
    [
      `{${OWN}interface}: entered promiscuous mode`,
      { category: ['network', 'host'], type: ['change'], action: 'promiscuous-mode-entered' },
    ],
    [
      `device {${OWN}interface} left promiscuous mode`,
      { category: ['network', 'host'], type: ['change'], action: 'promiscuous-mode-left' },
    ],
    [
      `{${OWN}interface}: left promiscuous mode`,
      { category: ['network', 'host'], type: ['change'], action: 'promiscuous-mode-left' },
    ],
    [`Out of memory: Killed process {process.pid@long} ({process.name}) {}`, ENDED],
    [`Out of memory: Kill process {process.pid@long} ({process.name}) {}`, ENDED],
    [`Memory cgroup out of memory: Killed process {process.pid@long} ({process.name}) {}`, ENDED],
    [
      `{process.name}[{process.pid@long}]: segfault at {${OWN}address} ip {${OWN}instruction} sp {} error {${OWN}error} in {${OWN}object}`,
      { category: ['process'], type: ['error'], action: 'segfault' },
    ],
    [
      `{process.name}[{process.pid@long}]: segfault at {${OWN}address} ip {${OWN}instruction} sp {} error {${OWN}error}`,
      { category: ['process'], type: ['error'], action: 'segfault' },
    ],
    [
      `traps: {process.name}[{process.pid@long}] {${OWN}trap} ip:{${OWN}instruction} sp:{} error:{${OWN}error}`,
      { category: ['process'], type: ['error'], action: 'trap' },
    ],
    [
      `{${OWN}module}: module verification failed: signature and/or required key missing - tainting kernel`,
      { category: ['driver'], type: ['start'], action: 'unsigned-module-loaded' },
    ],
    [
      `{${OWN}module}: loading out-of-tree module taints kernel.`,
      { category: ['driver'], type: ['start'], action: 'out-of-tree-module-loaded' },
    ],
    [
      `Lockdown: {process.name}: {event.reason} is restricted; see man kernel_lockdown.7`,
      { category: ['process', 'host'], type: ['denied'], action: 'lockdown', outcome: 'failure' },
    ],
    [
      `TCP: request_sock_TCP: Possible SYN flooding on port {destination.port@port}. {}`,
      { category: ['network', 'intrusion_detection'], type: ['info'], action: 'syn-flood' },
    ],
    [
      `possible SYN flooding on port {destination.port@port}. {}`,
      { category: ['network', 'intrusion_detection'], type: ['info'], action: 'syn-flood' },
    ],
    [`Linux version {host.os.kernel} ({}`, { category: ['host'], type: ['start'], action: 'boot' }],
    [`Kernel panic - not syncing: {event.reason}`, { category: ['host'], type: ['error'], action: 'panic' }],
    [
      `blk_update_request: I/O error, dev {${OWN}disk}, {}`,
      { category: ['host'], type: ['error'], action: 'disk-error' },
    ],
    [`{${OWN}disk}: I/O error, dev {}`, { category: ['host'], type: ['error'], action: 'disk-error' }],
    [
      `EXT4-fs error (device {${OWN}disk}): {event.reason}`,
      { category: ['host'], type: ['error'], action: 'filesystem-error' },
    ],
    [
      `EXT4-fs ({${OWN}disk}): mounted filesystem {}`,
      { category: ['host'], type: ['info'], action: 'filesystem-mounted' },
    ],
    [
      `{${OWN}interface}: link is not ready`,
      { category: ['network', 'host'], type: ['info'], action: 'link-down' },
    ],
    [
      `{${OWN}driver} {} {${OWN}interface}: NIC Link is Up {}`,
      { category: ['network', 'host'], type: ['info'], action: 'link-up' },
    ],
    [
      `{${OWN}driver} {} {${OWN}interface}: NIC Link is Down`,
      { category: ['network', 'host'], type: ['info'], action: 'link-down' },
    ],
  ],
  after(doc) {
    if (doc['process.name'] === 'kernel') delete doc['process.name'];
    doc['host.os.type'] = 'linux';
    // `bcdDevice= 1.10`: the kernel pads it.
    const version = doc[`${OWN}usb.version`];
    if (typeof version === 'string') doc[`${OWN}usb.version`] = version.trim();
  },
});
