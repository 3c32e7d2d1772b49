/** How the bytes of an element are read. Times become milliseconds since 1970. */
export type ElementType =
  | 'unsigned'
  | 'signed'
  | 'float'
  | 'boolean'
  | 'ip'
  | 'mac'
  | 'text'
  | 'bytes'
  | 'seconds'
  | 'milliseconds'
  | 'ntp';

export interface Element {
  readonly name: string;
  readonly type: ElementType;
}

/**
 * Information elements by number, with IANA's names: registry "IP Flow Information Export (IPFIX) Entities". NetFlow 9
 * has the same numbers below 128. What isn't listed is kept under its number.
 */
const TABLE = `
1 octetDeltaCount unsigned
2 packetDeltaCount unsigned
3 deltaFlowCount unsigned
4 protocolIdentifier unsigned
5 ipClassOfService unsigned
6 tcpControlBits unsigned
7 sourceTransportPort unsigned
8 sourceIPv4Address ip
9 sourceIPv4PrefixLength unsigned
10 ingressInterface unsigned
11 destinationTransportPort unsigned
12 destinationIPv4Address ip
13 destinationIPv4PrefixLength unsigned
14 egressInterface unsigned
15 ipNextHopIPv4Address ip
16 bgpSourceAsNumber unsigned
17 bgpDestinationAsNumber unsigned
18 bgpNextHopIPv4Address ip
21 flowEndSysUpTime unsigned
22 flowStartSysUpTime unsigned
23 postOctetDeltaCount unsigned
24 postPacketDeltaCount unsigned
25 minimumIpTotalLength unsigned
26 maximumIpTotalLength unsigned
27 sourceIPv6Address ip
28 destinationIPv6Address ip
29 sourceIPv6PrefixLength unsigned
30 destinationIPv6PrefixLength unsigned
31 flowLabelIPv6 unsigned
32 icmpTypeCodeIPv4 unsigned
34 samplingInterval unsigned
35 samplingAlgorithm unsigned
36 flowActiveTimeout unsigned
37 flowIdleTimeout unsigned
48 samplerId unsigned
49 samplerMode unsigned
50 samplerRandomInterval unsigned
52 minimumTTL unsigned
53 maximumTTL unsigned
54 fragmentIdentification unsigned
56 sourceMacAddress mac
57 postDestinationMacAddress mac
58 vlanId unsigned
59 postVlanId unsigned
60 ipVersion unsigned
61 flowDirection unsigned
62 ipNextHopIPv6Address ip
63 bgpNextHopIPv6Address ip
80 destinationMacAddress mac
81 postSourceMacAddress mac
82 interfaceName text
83 interfaceDescription text
84 samplerName text
85 octetTotalCount unsigned
86 packetTotalCount unsigned
88 fragmentOffset unsigned
89 forwardingStatus unsigned
95 applicationId bytes
96 applicationName text
136 flowEndReason unsigned
139 icmpTypeCodeIPv6 unsigned
144 exportingProcessId unsigned
145 templateId unsigned
148 flowId unsigned
149 observationDomainId unsigned
150 flowStartSeconds seconds
151 flowEndSeconds seconds
152 flowStartMilliseconds milliseconds
153 flowEndMilliseconds milliseconds
154 flowStartMicroseconds ntp
155 flowEndMicroseconds ntp
156 flowStartNanoseconds ntp
157 flowEndNanoseconds ntp
158 flowStartDeltaMicroseconds unsigned
159 flowEndDeltaMicroseconds unsigned
160 systemInitTimeMilliseconds milliseconds
161 flowDurationMilliseconds unsigned
176 icmpTypeIPv4 unsigned
177 icmpCodeIPv4 unsigned
178 icmpTypeIPv6 unsigned
179 icmpCodeIPv6 unsigned
180 udpSourcePort unsigned
181 udpDestinationPort unsigned
182 tcpSourcePort unsigned
183 tcpDestinationPort unsigned
192 ipTTL unsigned
225 postNATSourceIPv4Address ip
226 postNATDestinationIPv4Address ip
227 postNAPTSourceTransportPort unsigned
228 postNAPTDestinationTransportPort unsigned
229 natOriginatingAddressRealm unsigned
230 natEvent unsigned
231 initiatorOctets unsigned
232 responderOctets unsigned
233 firewallEvent unsigned
234 ingressVRFID unsigned
235 egressVRFID unsigned
236 VRFname text
239 biflowDirection unsigned
243 dot1qVlanId unsigned
252 ingressPhysicalInterface unsigned
253 egressPhysicalInterface unsigned
256 ethernetType unsigned
277 observationPointId unsigned
281 postNATSourceIPv6Address ip
282 postNATDestinationIPv6Address ip
298 initiatorPackets unsigned
299 responderPackets unsigned
302 selectorId unsigned
304 selectorAlgorithm unsigned
305 samplingPacketInterval unsigned
306 samplingPacketSpace unsigned
323 observationTimeMilliseconds milliseconds
371 userName text
459 httpRequestMethod text
460 httpRequestHost text
461 httpRequestTarget text
468 httpUserAgent text
`;

const ELEMENTS: ReadonlyMap<number, Element> = new Map(
  TABLE.trim()
    .split('\n')
    .map((line) => {
      const [id, name, type] = line.split(' ') as [string, string, ElementType];
      return [Number(id), { name, type }];
    }),
);

/** Enterprise number of the other direction of a flow that counts both (RFC 5103). */
const REVERSE = 29305;

/** @param enterprise 0 for IANA's own elements */
export function elementOf(id: number, enterprise: number): Element {
  if (enterprise === 0) return ELEMENTS.get(id) ?? { name: `element${id}`, type: 'bytes' };
  const forward = enterprise === REVERSE ? ELEMENTS.get(id) : undefined;
  if (forward === undefined) return { name: `enterprise${enterprise}element${id}`, type: 'bytes' };
  return { name: `reverse${forward.name[0]!.toUpperCase()}${forward.name.slice(1)}`, type: forward.type };
}

/** Seconds between 1900, where NTP begins, and 1970. */
const NTP_EPOCH = 2_208_988_800;
const MAX_TEXT = 1024;

/**
 * The value of an element. Unknown and oddly sized ones are hexadecimal; numbers that a double can't hold are text.
 *
 * @param bytes of any length from 0
 */
export function readValue(type: ElementType, bytes: Buffer): string | number | boolean | undefined {
  const { length } = bytes;
  switch (type) {
    case 'unsigned':
      return length > 0 && length <= 8 ? unsigned(bytes) : hexOf(bytes);
    case 'signed':
      return length > 0 && length <= 6 ? bytes.readIntBE(0, length) : hexOf(bytes);
    case 'float':
      return length === 4 ? bytes.readFloatBE(0) : length === 8 ? bytes.readDoubleBE(0) : hexOf(bytes);
    case 'boolean':
      return length === 1 ? bytes[0] === 1 : hexOf(bytes);
    case 'ip':
      return length === 4 ? bytes.join('.') : length === 16 ? ipv6(bytes) : hexOf(bytes);
    case 'mac':
      return length === 6 ? bytes.toString('hex').match(/../g)!.join('-').toUpperCase() : hexOf(bytes);
    case 'text': {
      const end = bytes.indexOf(0);
      return bytes.toString('utf8', 0, Math.min(end < 0 ? length : end, MAX_TEXT));
    }
    case 'seconds':
      return length === 4 ? bytes.readUInt32BE(0) * 1000 : hexOf(bytes);
    case 'milliseconds':
      return length === 8 ? unsigned(bytes) : hexOf(bytes);
    case 'ntp':
      return length === 8
        ? (bytes.readUInt32BE(0) - NTP_EPOCH) * 1000 + Math.floor((bytes.readUInt32BE(4) / 2 ** 32) * 1000)
        : hexOf(bytes);
    case 'bytes':
      return length > 0 && length <= 6 ? unsigned(bytes) : hexOf(bytes);
  }
}

function unsigned(bytes: Buffer): number | string {
  if (bytes.length <= 6) return bytes.readUIntBE(0, bytes.length);
  let value = 0n;
  for (const byte of bytes) value = value * 256n + BigInt(byte);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value.toString();
}

function hexOf(bytes: Buffer): string {
  return bytes.toString('hex', 0, Math.min(bytes.length, MAX_TEXT));
}

function ipv6(bytes: Buffer): string {
  return bytes.toString('hex').match(/.{4}/g)!.join(':');
}
