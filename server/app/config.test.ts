import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from './config.ts';

function withFile(text: string, env: Record<string, string> = {}, flags: Record<string, unknown> = {}) {
  const file = join(mkdtempSync(join(tmpdir(), 'vigie-config-')), 'vigie.yml');
  writeFileSync(file, text);
  return loadConfig({ file, env, flags });
}

function problemsOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('was accepted');
}

describe('configuration', () => {
  it('has working defaults', () => {
    const config = withFile('');
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 8080 });
    expect(config.syslog.port).toBe(5514);
    expect(config.detection.rules).toEqual([]);
  });

  it('lets variables override the file, and flags override both', () => {
    const text = 'http:\n  port: 1000\n  host: 0.0.0.0\n';
    expect(withFile(text).http.port).toBe(1000);
    expect(withFile(text, { VIGIE_HTTP_PORT: '2000' }).http.port).toBe(2000);
    const config = withFile(text, { VIGIE_HTTP_PORT: '2000' }, { 'http.port': 3000 });
    expect(config.http).toMatchObject({ port: 3000, host: '0.0.0.0' });
    expect(withFile('', { VIGIE_MAIL_PASSWORD: '12345678' }).mail.password).toBe('12345678');
    expect(withFile('', { VIGIE_DETECTION_RULES: '/a, /b' }).detection.rules).toEqual(['/a', '/b']);
  });

  it('names file, line and nearest key of an unknown key', () => {
    const message = problemsOf(() => withFile('http:\n  host: 127.0.0.1\n  prot: 8080\n'));
    expect(message).toMatch(/vigie\.yml:3: unknown key "http\.prot"; did you mean "http\.port"\?/);
    expect(problemsOf(() => withFile('maill:\n  host: x\n'))).toMatch(
      /vigie\.yml:1: unknown key "maill"; did you mean "mail"\?/,
    );
  });

  it('names line and expectation of a wrong value', () => {
    expect(problemsOf(() => withFile('\nsyslog:\n  port: many\n'))).toMatch(
      /vigie\.yml:3: syslog\.port: .*number/,
    );
    expect(problemsOf(() => withFile('', { VIGIE_HTTP_PORT: '99999' }))).toMatch(
      /^VIGIE_HTTP_PORT: http\.port: /,
    );
    expect(problemsOf(() => withFile('', { VIGIE_HTP_PORT: '1' }))).toMatch(/did you mean VIGIE_HTTP_PORT\?/);
  });

  it('reports broken YAML with its line', () => {
    expect(problemsOf(() => withFile('http:\n  port: [1\n'))).toMatch(/vigie\.yml:\d+: /);
    expect(problemsOf(() => withFile('- a\n- b\n'))).toMatch(/expected a map of settings/);
  });
});
