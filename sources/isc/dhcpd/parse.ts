import { isDhcpMessage, readDhcp } from '../../kit/dhcp-server.ts';
import { defineSource, type ParseInput } from '../../kit/source.ts';

const isMessage = (input: ParseInput): boolean =>
  input.syslog?.app === undefined && isDhcpMessage(input.text.trimStart());

/** ISC DHCP (dhcpd): leases offered, taken, refused and given back. */
export default defineSource({
  id: 'isc.dhcpd',
  signatures: [
    { kind: 'app', names: ['dhcpd', 'dhcpd3', 'dhcpd6', 'dhcpd4'] },
    { kind: 'text', prefix: 'DHCP', literals: [' via '], test: isMessage },
    { kind: 'text', prefix: 'BOOTRE', literals: [' via '], test: isMessage },
  ],
  parse(input, doc) {
    const text = input.text.trim();
    const known = readDhcp(text, 'isc.dhcpd.', doc);
    if (!known && input.syslog?.app === undefined) return 'rejected';
    doc['message'] = text;
    doc['process.name'] = 'dhcpd';
    if (known) return 'parsed';
    doc['event.category'] = ['network'];
    doc['event.type'] = ['info'];
    return 'partial';
  },
});
