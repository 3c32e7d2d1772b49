import type { EcsFields } from '@vigie/contracts';
import { isDhcpMessage, readDhcp } from '../../kit/dhcp-server.ts';
import { looksLikeNamed, readNamed } from '../../kit/named.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const VENDOR = 'efficientip.solidserver.';

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trim();
  const outcome: ParseOutcome = isDhcpMessage(text)
    ? readDhcp(text, VENDOR, doc)
      ? 'parsed'
      : 'partial'
    : readNamed(input, VENDOR, doc);
  doc['message'] = text;
  doc['observer.vendor'] = 'EfficientIP';
  doc['observer.product'] = 'SOLIDserver';
  if (text.startsWith('List Matched ')) doc['event.category'] = ['network', 'intrusion_detection'];
  return outcome;
}

/** DNS Guardian's answers give records without their owner: code, lifetime, type, data. */
const isGuardian = (input: ParseInput): boolean =>
  / -> [A-Z]{3,12}(?: \d{1,10} [A-Z]{1,10} |$)/.test(input.text.slice(0, 1_000)) && looksLikeNamed(input);
/** Guardian's queries have no flags. */
const isBareQuery = (input: ParseInput): boolean =>
  /^client [0-9a-fA-F.:]{2,45}#\d{1,6}(?: \(\S{1,255}\))?: query: \S{1,255} [A-Z]{2,8} [A-Z0-9]{1,12} \(/.test(
    input.text,
  );
const LEASE = /^DHCP[A-Z]{3,9} .{5,300}\[\d{1,10}\]\s*$/;

/** EfficientIP SOLIDserver: DNS Guardian and DHCP with leases; its plain DNS logs are BIND's. */
export default defineSource({
  id: 'efficientip.solidserver',
  signatures: [
    { kind: 'app', names: ['ipmdhcpd', 'dnsguardian', 'ipmserver'] },
    { kind: 'app', names: ['named'], test: ({ text }) => text.startsWith('List Matched ') },
    { kind: 'app', names: ['dhcpd'], test: ({ text }) => LEASE.test(text) },
    { kind: 'text', prefix: 'List Matched ', literals: ['#', ': query: '] },
    { kind: 'text', literals: ['client ', '#', ': answer: ', ' IN ', ' -> '], test: isGuardian },
    { kind: 'text', literals: ['client ', '#', ': query: ', ' IN ', ' ('], test: isBareQuery },
    { kind: 'text', prefix: 'DHCP', literals: [' via ', ' ['], test: ({ text }) => LEASE.test(text) },
  ],
  parse,
});
