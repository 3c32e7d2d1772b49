import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { type Listening, listeningFor } from './listening.ts';
import { shipperSnippets } from './snippets.ts';

const LISTENING: Listening = {
  lumberjack: { port: 5044, tls: false },
  gelf: { udp: 12201, tcp: 12202 },
  netflow: { port: 2055 },
  wef: {
    port: 5986,
    authorities: [
      { name: 'Acme CA', thumbprint: 'A1'.repeat(20), fingerprint: 'a1'.repeat(32) },
      { name: 'Globex CA', thumbprint: 'B2'.repeat(20), fingerprint: 'b2'.repeat(32) },
    ],
  },
  kafka: {
    brokers: ['kafka-1.example.org:9092'],
    topics: [{ topic: 'acme-web', tenant: 'acme', source: 'src-1' }],
  },
};

function texts(
  name: string,
  source: string,
  listening: Listening = {},
  tenant = 'acme',
  senders: readonly string[] = [],
): Map<string, string> {
  const own = listeningFor(listening, { tenant, source }, senders);
  const all = shipperSnippets('https://vigie.example.org', 5514, name, source, `t"o'k`, own);
  return new Map(all.map(({ shipper, text }) => [shipper, text]));
}

describe('snippets of the listeners', () => {
  test('only of those that are open', () => {
    const names = [...texts('Acme', 'src-1').keys()];
    for (const name of ['filebeat-logstash', 'docker-gelf', 'netflow', 'kafka', 'windows-event-forwarding'])
      expect(names).not.toContain(name);
    expect([...texts('Acme', 'src-1', { gelf: {} }).keys()]).not.toContain('docker-gelf');
  });

  test('Filebeat sends to Lumberjack with the token, and trusts the authority where there is TLS', () => {
    const read = parseYaml(texts('Acme', 'src-1', LISTENING).get('filebeat-logstash')!) as Record<
      string,
      unknown
    >;
    expect(read).toMatchObject({
      fields: { vigie_token: `t"o'k` },
      'output.logstash': { hosts: ['vigie.example.org:5044'] },
    });
    const secure = texts('Acme', 'src-1', { lumberjack: { port: 5044, tls: true } }).get(
      'filebeat-logstash',
    )!;
    expect(parseYaml(secure)).toMatchObject({
      'output.logstash': { 'ssl.certificate_authorities': ['/etc/pki/vigie-ca.pem'] },
    });
  });

  test('Docker sends over TCP where it is open', () => {
    const file = (listening: Listening): unknown =>
      JSON.parse(/<<'EOF'\n(.*)\nEOF/s.exec(texts('Acme', 'src-1', listening).get('docker-gelf')!)![1]!);
    expect(file(LISTENING)).toEqual({
      'log-driver': 'gelf',
      'log-opts': { 'gelf-address': 'tcp://vigie.example.org:12202' },
    });
    expect(file({ gelf: { udp: 12201 } })).toMatchObject({
      'log-opts': { 'gelf-address': 'udp://vigie.example.org:12201' },
    });
  });

  test('Kafka only for the source that a topic belongs to, in its own tenant', () => {
    expect(parseYaml(texts('Acme', 'src-1', LISTENING).get('kafka')!)).toMatchObject({
      'output.kafka': { hosts: ['kafka-1.example.org:9092'], topic: 'acme-web' },
    });
    expect(texts('Acme', 'other', LISTENING).has('kafka')).toBe(false);
    expect(texts('Globex', 'src-1', LISTENING, 'globex').has('kafka')).toBe(false);
  });

  test('Windows is told the authority of the source, and never that of another tenant', () => {
    const shown = (senders: string[]): string =>
      texts('Acme', 'src-1', LISTENING, 'acme', senders).get('windows-event-forwarding')!;
    expect(shown(['A1'.repeat(32), '192.0.2.1'])).toContain(
      `\n# Acme CA\nServer=https://vigie.example.org:5986/wsman/SubscriptionManager/WEC,Refresh=300,IssuerCA=${'A1'.repeat(20)}\n`,
    );
    expect(shown([])).toContain('IssuerCA=THUMBPRINT\n');
    for (const senders of [[], ['a1'.repeat(32)]]) {
      expect(shown(senders)).not.toContain('Globex');
      expect(shown(senders)).not.toContain('B2B2');
    }
  });

  test('a name with a line break stays in its comment', () => {
    for (const [shipper, text] of texts('a\nb', 'src-1', LISTENING)) {
      expect([shipper, text.split('\n')[0]]).toEqual([shipper, expect.stringContaining('a b')]);
    }
  });
});
