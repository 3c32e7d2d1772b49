import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { descendants, isRunning, runVigie } from '../support/program.ts';
import { until } from '../support/until.ts';
import { PARTS, Vigie } from '../support/vigie.ts';

let folder: string;
let vigie: Vigie;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigie-program-'));
  vigie = await Vigie.start();
  await vigie.addTenant('acme');
  await vigie.addSource('acme', 'files');
});
afterAll(async () => {
  await vigie?.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function startWith(config: string) {
  const file = join(folder, 'vigie.yml');
  writeFileSync(file, config);
  const data = join(folder, 'never');
  const outcome = await runVigie(['--config', file, '--data', data, 'start', '--port', '0']);
  expect(existsSync(data)).toBe(false);
  return { ...outcome, file };
}

describe('a start that cannot be', () => {
  test('an unknown key: where it is, and the nearest known one', async () => {
    const { code, stderr, file } = await startWith('http:\n  prot: 8080\nmail:\n  security: ssl\n');
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}:2: unknown key "http.prot"; did you mean "http.port"?`);
    expect(stderr).toContain(`${file}:4: mail.security:`);
    expect(stderr).toMatch(/tls.*starttls.*none/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('no YAML, a value of the wrong kind, a file that is not there, a wrong variable', async () => {
    expect(await startWith('http: [1, 2\n')).toMatchObject({ code: 2 });
    const wrong = await startWith('log:\n  level: info\n\nsyslog:\n  idleTimeoutSeconds: many\n');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/vigie\.yml:5: syslog\.idleTimeoutSeconds: .*expected (?:int|number)/);
    const missing = await runVigie(['--config', join(folder, 'none.yml'), 'start']);
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.stderr).toContain('none.yml: no such file');
    const variable = await runVigie(['--data', join(folder, 'never'), 'start'], {
      env: { VIGIE_HTTP_PROT: '1' },
    });
    expect(variable.code).toBe(2);
    expect(variable.stderr).toContain('did you mean VIGIE_HTTP_PORT?');
  });

  test('a second start on the same data folder is refused with the pid that holds it', async () => {
    const second = await runVigie(['--data', vigie.data, 'start', '--port', '0', '--syslog-port', '0']);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`process ${vigie.supervisor}`);
    expect(second.stderr).not.toMatch(/^\s+at /m);
    expect((await vigie.status()).components.every(({ state }) => state === 'running')).toBe(true);
  });

  test.each(['--port', '--syslog-port'])('%s in use: it says which one, and ends', async (flag) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const data = join(folder, 'taken');
    const ports = flag === '--port' ? ['--syslog-port', '0'] : ['--port', '0'];
    const outcome = await runVigie(['--data', data, 'start', ...ports, flag, String(port)]);
    await new Promise((resolve) => server.close(resolve));
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(`${port} of 127.0.0.1 is in use`);
    expect(outcome.stderr).toContain(flag);
    expect(existsSync(join(data, 'run.json'))).toBe(false);
  });

  test('a first password that is easily guessed', async () => {
    const { code, stderr } = await runVigie(
      ['--data', join(folder, 'guessed'), 'start', '--port', '0', '--syslog-port', '0'],
      { env: { VIGIE_ADMIN_PASSWORD: 'letmein' } },
    );
    expect(code).toBe(1);
    expect(stderr).toContain('VIGIE_ADMIN_PASSWORD is too short');
    expect(stderr).not.toContain('letmein');
  });

  test('a data folder that cannot be made', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const outcome = await runVigie(['--data', join(file, 'data'), 'start', '--port', '0']);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(file);
    expect(outcome.stderr).not.toMatch(/^\s+at /m);
  });
});

describe('importing files', () => {
  test('the same file a second time adds nothing; equal lines in it are not one', async () => {
    const file = join(folder, 'web.log');
    const lines = Array.from(
      { length: 500 },
      (_, n) =>
        `203.0.113.${n % 200} - - [10/Mar/2026:12:00:00 +0000] "GET /page/${n % 250} HTTP/1.1" 200 ${n % 250} "-" "importer"`,
    );
    lines.push('the very same line', 'the very same line');
    writeFileSync(file, `${lines.join('\n')}\n`);
    const load = () => vigie.command('import', file, '--tenant', 'acme', '--source', 'files', '--json');
    const first = await load();
    expect(first.code, first.stderr).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({ sent: 502, added: 502 });
    const again = await load();
    expect(JSON.parse(again.stdout)).toMatchObject({ sent: 502, added: 0 });
    const events = await vigie.events('', ['acme']);
    expect(events.map(({ fields }) => fields['event.original']).sort()).toEqual(lines.sort());
  });

  test('a file that is not there, a tenant that is not there', async () => {
    const missing = await vigie.command(
      'import',
      join(folder, 'none.log'),
      '--tenant',
      'acme',
      '--source',
      'files',
    );
    expect(missing.code).not.toBe(0);
    expect(missing.stderr).toContain('none.log');
    expect(missing.stderr).not.toMatch(/^\s+at /m);
    const stranger = await vigie.command(
      'import',
      join(folder, 'web.log'),
      '--tenant',
      'none',
      '--source',
      'files',
    );
    expect(stranger.code).toBe(5);
  });

  const corpus = process.env['VIGIE_CORPUS'];
  const recordings = corpus === undefined ? [] : smallest(join(corpus, 'evtx'), 3);
  if (recordings.length === 0)
    process.stderr.write('skipped: no EVTX files; name a folder with evtx/ in VIGIE_CORPUS\n');
  test.runIf(recordings.length > 0)('EVTX recordings', async () => {
    const source = ['--tenant', 'acme', '--source', 'files', '--json'];
    const first = await vigie.command('import', ...recordings, ...source);
    expect(first.code, first.stderr).toBe(0);
    const { sent, added } = JSON.parse(first.stdout) as { sent: number; added: number };
    expect(sent).toBeGreaterThan(0);
    expect(added).toBe(sent);
    const again = await vigie.command('import', ...recordings, ...source);
    expect(JSON.parse(again.stdout)).toMatchObject({ sent, added: 0 });
    expect((await vigie.events('event.code:*', ['acme'])).length).toBe(sent);
  });
});

describe('the end of parts and of the whole', () => {
  for (const part of PARTS.filter((one) => one !== 'supervisor')) {
    test(`${part} killed: it is started again, and the status says so`, async () => {
      const before = await vigie.kill(part);
      const name = { 'event store': 'event store', PostgreSQL: 'postgres', server: 'server', supervisor: '' }[
        part
      ];
      await until(
        `the restart of ${part}`,
        async () => {
          const { components } = await vigie.status();
          const one = components.find((component) => component.name === name);
          return one?.state === 'running' && one.restarts >= 1;
        },
        30_000,
      );
      expect(await vigie.pidOf(part)).not.toBe(before);
      await vigie.settled();
      // What it was before is what it is after.
      expect((await vigie.events('importer', ['acme'])).length).toBe(500);
    });
  }

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends everything within ten seconds', async (signal) => {
    if (!vigie.running) await vigie.launch();
    const below = await descendants(vigie.supervisor);
    expect(below.length).toBeGreaterThanOrEqual(4);
    // A reader that stays connected must not hold up the end.
    const stream = await fetch(`${vigie.run.url}/api/stream`, {
      headers: { authorization: `Bearer ${vigie.run.key}` },
    });
    expect(stream.status).toBe(200);
    const { code, took } = await vigie.stop(signal);
    expect(code).toBe(0);
    expect(took).toBeLessThan(10_000);
    for (const { pid } of below) expect(await isRunning(pid)).toBe(false);
    expect(existsSync(join(vigie.data, 'run.json'))).toBe(false);
    expect(existsSync(join(vigie.data, 'vigie.lock'))).toBe(false);
    await stream.body?.cancel().catch(() => undefined);
    const late = await vigie.command('incident', 'list');
    expect(late.code).toBe(3);
  });
});

/** The smallest files of a kind below a folder. */
function smallest(root: string, count: number): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.evtx'))
    .map((name) => join(root, name))
    .sort((a, b) => statSync(a).size - statSync(b).size || (a < b ? -1 : 1))
    .slice(0, count);
}
