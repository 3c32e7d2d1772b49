/** Technologies offered when a source is added; any other name the server knows can be typed. */
export const TECHNOLOGIES = [
  'aws.cloudtrail',
  'fortinet.fortigate',
  'linux.auditd',
  'linux.auth',
  'microsoft.m365-audit',
  'microsoft.windows',
  'nginx.access',
  'paloalto.ngfw',
  'squid.access',
  'stormshield.sns',
  'suricata.eve',
] as const;
