import type { Observer } from '../../kit/network.ts';
import { defineSource, type ParseInput } from '../../kit/source.ts';
import { parseFortiOs } from '../_shared/fortios.ts';

const OBSERVER: Observer = { vendor: 'Fortinet', product: 'FortiGate', type: 'firewall' };

/** FortiOS marks its lines with the serial number of the device: `FGT`, `FWF`, `FG1`… are firewalls. */
function isFirewallLine(input: ParseInput): boolean {
  const text = input.text;
  if (!/\b(?:logid|log_id|vd|logdesc)=/.test(text)) return false;
  // Other Fortinet products write nearly the same lines; their serial numbers tell them apart.
  return !/\bdev(?:ice_)?id="?(?:FPX|FML|FE[0-9-]|FV[0-9-]|FAC|FAZ|FMG|FMR|FSA|FCT|FEMS|FAD|FDD|FI[0-9])/i.test(
    text,
  );
}

/** Fortinet FortiGate logs, FortiOS 5.2 to 7.6, in the default, CSV and CEF formats. */
export default defineSource({
  id: 'fortinet.fortigate',
  signatures: [
    { kind: 'text', prefix: 'CEF:', literals: ['|Fortinet|Fortigate|'] },
    { kind: 'text', prefix: 'CEF:', literals: ['|Fortinet|FortiGate'] },
    { kind: 'text', prefix: '0|Fortinet|Forti', literals: ['logid='] },
    { kind: 'text', literals: ['type=', 'subtype=', 'level='], test: isFirewallLine },
    { kind: 'text', literals: ['device_id=FG', 'log_id=', 'type='], test: isFirewallLine },
  ],
  parse: (input, doc) => parseFortiOs(input, doc, OBSERVER),
});
