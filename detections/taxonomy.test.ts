import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EcsFields } from '@vigie/contracts';
import { compile, type LogsourceMapping, parseRules, resolveField, resolveLogsource } from '@vigie/sigma';
import { createReader, REGISTRY } from '@vigie/sources';
import { describe, expect, test } from 'vitest';
import { filesBelow, shippedTaxonomy } from './harness.ts';

const sources = fileURLToPath(new URL('../sources', import.meta.url));
const taxonomy = shippedTaxonomy();
const reader = createReader({ registry: REGISTRY });

/** The samples of all sources, as documents. */
const documents: EcsFields[] = ['.ndjson', '.lines.log', '.log']
  .flatMap((suffix) =>
    filesBelow(sources, suffix)
      .filter((file) => file.includes('/samples/') && (suffix !== '.log' || !file.endsWith('.lines.log')))
      .flatMap((file) => {
        const text = readFileSync(file, 'utf8');
        return suffix === '.log' ? [text.trim()] : text.split('\n').filter((line) => line !== '');
      }),
  )
  .map((text) => reader.read({ text, receivedAt: Date.parse('2026-03-05T00:00:00Z') }).fields);

const nameOf = ({ product, category, service }: LogsourceMapping): string =>
  [product ?? '*', category ?? '*', service ?? '*'].join('/');

function ruleFor({ product, category, service }: LogsourceMapping, number: number): string {
  const logsource = Object.entries({ product, category, service }).filter(([, value]) => value !== undefined);
  return [
    `title: Everything of ${nameOf({ product, category, service, when: [] })}`,
    `id: 00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    'logsource:',
    ...logsource.map(([key, value]) => `  ${key}: ${value}`),
    'detection:',
    '  selection:',
    '    event.kind|exists: true',
    '  condition: selection',
  ].join('\n');
}

/** Logs that reach us like the sampled ones of their kind, and of which no source ships a sample. */
const WITHOUT_SAMPLE = new Set([
  'linux/*/clamav',
  'linux/*/guacamole',
  'windows/ps_classic_provider_start/*',
  ...[
    'dns-server',
    'dns-server-analytic',
    'dhcp',
    'driver-framework',
    'codeintegrity-operational',
    'appxdeployment-server',
    'appxpackaging-om',
    'appmodel-runtime',
    'msexchange-management',
    'iis-configuration',
    'ntlm',
    'printservice-admin',
    'printservice-operational',
    'smbclient-security',
    'smbclient-connectivity',
    'smbserver-connectivity',
    'security-mitigations',
    'shell-core',
    'diagnosis-scripted',
    'capi2',
    'certificateservicesclient-lifecycle-system',
    'openssh',
    'ldap',
    'lsa-server',
    'microsoft-servicebus-client',
    'vhdmp',
    'hyper-v-worker',
    'kernel-event-tracing',
    'kernel-shimengine',
    'ntfs',
    'ldap_debug',
    'bitlocker',
    'sense',
  ].map((service) => `windows/*/${service}`),
]);

describe('the taxonomy', () => {
  test('reaches every logsource through events that sources really write', () => {
    const entries = [...new Map(taxonomy.logsources.map((entry) => [nameOf(entry), entry])).values()];
    const { rules, errors } = parseRules(entries.map((entry, n) => ruleFor(entry, n)).join('\n---\n'));
    expect(errors).toEqual([]);
    const matcher = compile(rules, { taxonomy });
    expect(matcher.report.unmapped).toEqual([]);
    const reached = new Set(
      documents.flatMap((fields) => matcher.match(fields).map(({ rule }) => rule.title)),
    );
    const missing = entries
      .map(nameOf)
      .filter((name) => !reached.has(`Everything of ${name}`) && !WITHOUT_SAMPLE.has(name));
    expect(missing).toEqual([]);
    expect(reached.size).toBeGreaterThan(50);
  });

  test.each([
    ['process_creation', 'windows', 'Image', 'process.executable'],
    ['process_creation', 'windows', 'CommandLine', 'process.command_line'],
    ['process_creation', 'linux', 'CommandLine', 'process.command_line'],
    ['registry_set', 'windows', 'TargetObject', 'registry.path'],
    ['file_event', 'windows', 'TargetFilename', 'file.path'],
    ['dns_query', 'windows', 'QueryName', 'dns.question.name'],
    ['network_connection', 'windows', 'DestinationIp', 'destination.ip'],
    ['image_load', 'windows', 'ImageLoaded', 'dll.path'],
  ])('%s of %s finds %s in %s as well', (category, product, field, ecs) => {
    expect(resolveField(taxonomy, { category, product }, field).candidates).toContain(ecs);
  });

  test('a field that nobody maps is looked for under the vendor’s own name', () => {
    expect(
      resolveField(taxonomy, { product: 'windows', service: 'security' }, 'TicketOptions').candidates[0],
    ).toBe('winlog.event_data.TicketOptions');
    expect(
      resolveField(taxonomy, { product: 'aws', service: 'cloudtrail' }, 'vpc_endpoint_id').candidates[0],
    ).toBe('aws.cloudtrail.vpc_endpoint_id');
  });

  test('does not claim what no source writes', () => {
    for (const logsource of [
      { product: 'onelogin', service: 'onelogin.events' },
      { product: 'windows', category: 'file_block' },
    ])
      expect(resolveLogsource(taxonomy, logsource)).toBeUndefined();
  });
});
