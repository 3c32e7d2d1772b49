import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@elastic/elasticsearch';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { shipperSnippets } from './snippets.ts';
import { type SyslogCollector, startSyslog } from './syslog/server.ts';
import { type TestServer, testServer } from './testing/http.ts';
import { TEST_TOKEN, until } from './testing/ports.ts';
import { findSender, temporaryFolder } from './testing/senders.ts';

const run = promisify(execFile);
const rsyslogd = findSender('rsyslogd');
const syslogNg = findSender('syslog-ng');
const curl = findSender('curl');
const logger = findSender('logger');

let server: TestServer;
let syslog: SyslogCollector;
let folder: ReturnType<typeof temporaryFolder>;

beforeEach(async () => {
  folder = temporaryFolder('snippets');
  server = await testServer();
  syslog = await startSyslog({ tcp: { port: 0 } }, server.ports);
});
afterEach(async () => {
  await syslog.close();
  await server.app.close();
  folder.remove();
});

function snippet(shipper: string): string {
  const all = shipperSnippets(server.url, syslog.addresses.tcp!, 'Acme\nLtd', 'src-1', TEST_TOKEN);
  const found = all.find((candidate) => candidate.shipper === shipper);
  if (found === undefined) throw new Error(`no snippet for ${shipper}`);
  return found.text;
}

function written(name: string, text: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
}

describe('shipper snippets', () => {
  test.runIf(rsyslogd !== undefined)('rsyslog accepts its own', async () => {
    const path = written('rsyslog.conf', `global(workDirectory="${folder.path}")\n${snippet('rsyslog')}`);
    const { stderr } = await run(rsyslogd!, ['-N1', '-f', path]);
    expect(stderr).toContain('End of config validation run. Bye.');
    expect(stderr).not.toMatch(/error|warning/i);
  });

  test.runIf(syslogNg !== undefined)('syslog-ng accepts its own', async () => {
    const path = written(
      'syslog-ng.conf',
      `@version: 3.38\nsource s_src { internal(); };\n${snippet('syslog-ng')}`,
    );
    await run(syslogNg!, ['--syntax-only', '--no-caps', '-f', path, '-c', join(folder.path, 'ctl')]);
  });

  test.runIf(curl !== undefined)('curl sends a file, and an event to HEC', async () => {
    const file = written('auth.log', 'first line\nsecond line\n');
    await run('sh', ['-ec', snippet('curl').replace('/var/log/auth.log', file)]);
    const { stdout } = await run('sh', ['-ec', snippet('splunk-hec')]);
    expect(JSON.parse(stdout)).toEqual({ text: 'Success', code: 0 });
    expect(server.ports.logs.map((log) => log.json?.['event'] ?? log.text)).toEqual([
      'first line',
      'second line',
      'hello from HEC',
    ]);
  });

  test.runIf(logger !== undefined)('logger sends a line', async () => {
    await run('sh', ['-ec', snippet('logger')]);
    await until(() => server.ports.logs.length === 1, 'the line');
    expect(server.ports.logs[0]!.text).toContain('hello from logger');
  });

  test('what Beats are told is an Elasticsearch that takes their documents', async () => {
    for (const shipper of ['filebeat', 'winlogbeat']) {
      const output = (parseYaml(snippet(shipper)) as Record<string, unknown>)['output.elasticsearch'];
      const { hosts, api_key: key } = output as { hosts: string[]; api_key: string };
      // Beats encode the key themselves.
      const client = new Client({ node: hosts[0]!, auth: { apiKey: Buffer.from(key).toString('base64') } });
      const answer = await client.bulk({
        operations: [{ create: { _index: shipper } }, { message: shipper }],
      });
      expect(answer.errors).toBe(false);
      await client.close();
    }
    expect(server.ports.logs).toHaveLength(2);
  });

  test('the OpenTelemetry Collector is told an address that answers', async () => {
    const { exporters } = parseYaml(snippet('opentelemetry-collector')) as {
      exporters: Record<string, { endpoint: string; headers: Record<string, string> }>;
    };
    const { endpoint, headers } = exporters['otlphttp/vigie']!;
    const response = await fetch(`${endpoint}/v1/logs`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.status).toBe(200);
  });

  test('every shipper has one, ports are explicit, and nothing escapes its quotes', () => {
    const all = shipperSnippets('https://[2001:db8::1]', 5514, 'a\nb', 'src-1', `t"o'k`);
    expect(all.map(({ shipper }) => shipper)).toEqual([
      'rsyslog',
      'syslog-ng',
      'filebeat',
      'winlogbeat',
      'fluent-bit',
      'vector',
      'logstash',
      'nxlog',
      'opentelemetry-collector',
      'splunk-forwarder',
      'splunk-hec',
      'curl',
      'logger',
    ]);
    const text = (shipper: string): string => all.find((one) => one.shipper === shipper)!.text;
    expect(text('filebeat')).toContain('https://[2001:db8::1]:443/elastic');
    expect(text('filebeat')).toContain('"vigie:t\\"o\'k"');
    expect(text('curl')).toContain("'Authorization: Bearer t\"o'\\''k'");
    expect(text('fluent-bit')).toMatch(/tls\s+On/);
    expect(all.every(({ text }) => text.startsWith('# Vigie: a b, source src-1\n'))).toBe(true);
  });
});
