/** Types of DNS records that networks see, by number (IANA, DNS parameters). */
const RECORD_TYPES: ReadonlyMap<string, string> = new Map([
  ['1', 'A'],
  ['2', 'NS'],
  ['5', 'CNAME'],
  ['6', 'SOA'],
  ['10', 'NULL'],
  ['12', 'PTR'],
  ['13', 'HINFO'],
  ['15', 'MX'],
  ['16', 'TXT'],
  ['17', 'RP'],
  ['28', 'AAAA'],
  ['29', 'LOC'],
  ['33', 'SRV'],
  ['35', 'NAPTR'],
  ['39', 'DNAME'],
  ['43', 'DS'],
  ['44', 'SSHFP'],
  ['46', 'RRSIG'],
  ['47', 'NSEC'],
  ['48', 'DNSKEY'],
  ['50', 'NSEC3'],
  ['52', 'TLSA'],
  ['64', 'SVCB'],
  ['65', 'HTTPS'],
  ['249', 'TKEY'],
  ['250', 'TSIG'],
  ['251', 'IXFR'],
  ['252', 'AXFR'],
  ['255', 'ANY'],
  ['256', 'URI'],
  ['257', 'CAA'],
]);

/** The name of a DNS record's type from its number; undefined for one that is not known. */
export function dnsRecordType(number: string | number): string | undefined {
  return RECORD_TYPES.get(String(number));
}
