/**
 * Which sources read which folder of the corpus of documents (`<vendor>/<product>`), by the beginning of the
 * source's id. A folder that is not here has no source yet; the report lists those.
 */
export const DOCUMENTS: Readonly<Record<string, readonly string[]>> = {
  'AWS/aws-cloudtrail': ['aws.cloudtrail'],
  'Apache/apache': ['apache.'],
  'Beats/winlogbeat': ['microsoft.windows'],
  'Cisco/cisco-ios': ['cisco.ios'],
  'Cisco/cisco-ise': ['cisco.ise'],
  'Cisco/cisco-nx-os': ['cisco.ios'],
  'Cisco/cisco-secure-firewall': ['cisco.asa'],
  'Cisco/cisco-secure-web-appliance': ['cisco.wsa'],
  'Fortinet/fortigate': ['fortinet.fortigate'],
  'NGINX/nginx': ['nginx.'],
  'Office 365/o365': ['microsoft.m365-audit'],
  'OpenSSH/openssh': ['linux.sshd'],
  'Palo Alto Networks/paloalto-ngfw': ['paloalto.ngfw'],
  'Squid/squid': ['squid.access'],
  'Stormshield/stormshield_network_security': ['stormshield.sns'],
  'Suricata/suricata': ['suricata.eve'],
  'Umbrella/umbrella-dns': ['cisco.umbrella'],
  'Umbrella/umbrella-proxy': ['cisco.umbrella'],
  'Windows/windows': ['microsoft.windows'],
};

/** The same for the corpus of lines, by the name of its file. */
export const LINES: Readonly<Record<string, readonly string[]>> = {
  apache: ['apache.'],
  auditd: ['linux.auditd'],
  audit_scp: ['linux.auditd'],
  cisco_asa: ['cisco.asa'],
  cisco_ftd: ['cisco.asa'],
  cisco_ios: ['cisco.ios'],
  fortigate: ['fortinet.fortigate'],
  nginx: ['nginx.'],
  paloalto: ['paloalto.ngfw'],
  pam: ['linux.'],
  pix: ['cisco.asa'],
  squid_rules: ['squid.access'],
  sshd: ['linux.'],
  su: ['linux.'],
  sudo: ['linux.sudo'],
};

/** Whether a log was read as one of the sources that the corpus says it is from. */
export function isOneOf(sourceType: string | undefined, expected: readonly string[]): boolean {
  return sourceType !== undefined && expected.some((prefix) => sourceType.startsWith(prefix));
}
