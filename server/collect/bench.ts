/**
 * How many lines a second the collectors take, and what a line costs them. The sender is a process of its own,
 * so the CPU time shown is the collector's alone; the sink keeps nothing. Prints one row for each transport.
 *
 * Runs as a bundle of its own, because it starts itself again as the sender:
 * `npx esbuild server/collect/bench.ts --bundle --platform=node --format=esm --packages=external
 * --outfile=.cache/collect-bench.mjs && node .cache/collect-bench.mjs [thousand lines]`
 */
import { fork } from 'node:child_process';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import Fastify from 'fastify';
import { ingestRoutes } from './http/routes.ts';
import type { CollectorPorts } from './ports.ts';
import { startSyslog } from './syslog/server.ts';

/** One measured way into the collector. */
export interface CollectFigure {
  readonly transport: string;
  readonly lines: number;
  readonly linesPerSecond: number;
  /** Of the collecting process, user and system. */
  readonly cpuMicrosecondsPerLine: number;
}

type Kind = 'syslog-newline' | 'syslog-octets' | 'ndjson' | 'bulk';

const TOKEN = 'bench-token';
const BATCH = 1000;

function line(n: number): string {
  const time = new Date(1767225600000 + n).toISOString();
  return `<134>1 ${time} fw-1.example.net kernel - - - action=allow src=10.1.${n % 250}.7 dst=198.51.100.${n % 200} sport=${1024 + (n % 60000)} dport=443 proto=tcp bytes=${n % 9000} rule=outbound-web note=${'x'.repeat(60)}`;
}

function object(n: number): string {
  return JSON.stringify({
    '@timestamp': new Date(1767225600000 + n).toISOString(),
    message: line(n),
    host: { name: 'fw-1' },
  });
}

function body(kind: Kind): Buffer {
  const parts: string[] = [];
  for (let n = 0; n < BATCH; n++) {
    if (kind === 'syslog-newline') parts.push(`${line(n)}\n`);
    else if (kind === 'syslog-octets') parts.push(`${Buffer.byteLength(line(n))} ${line(n)}`);
    else if (kind === 'bulk') parts.push(`{"create":{"_index":"logs"}}\n${object(n)}\n`);
    else parts.push(`${object(n)}\n`);
  }
  return Buffer.from(parts.join(''));
}

/** Runs one transport with a number of lines, a multiple of 1,000. */
export async function measureCollect(kind: Kind, lines: number): Promise<CollectFigure> {
  let taken = 0;
  let done: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  const binding = { tenant: 'bench', source: 'bench' };
  const ports: CollectorPorts = {
    sink: {
      async accept(logs) {
        taken += logs.length;
        if (taken >= lines) done();
      },
      unacknowledged: () => undefined,
      backlog: () => 0,
    },
    directory: {
      byToken: (token) => (token === TOKEN ? binding : undefined),
      bySender: () => binding,
      byCertificate: () => binding,
    },
    quarantine: { hold: () => undefined },
    drops: { count: () => undefined },
    now: Date.now,
  };
  const syslog = kind.startsWith('syslog') ? await startSyslog({ tcp: { port: 0 } }, ports) : undefined;
  const app = Fastify();
  let port = syslog?.addresses.tcp;
  if (port === undefined) {
    await app.register(ingestRoutes({ ports }));
    port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  }
  const sender = fork(fileURLToPath(import.meta.url), ['send', kind, String(port), String(lines)]);
  await new Promise((ready) => sender.once('message', ready));
  const cpu = process.cpuUsage();
  const began = performance.now();
  sender.send('go');
  await all;
  const seconds = (performance.now() - began) / 1000;
  const used = process.cpuUsage(cpu);
  sender.kill();
  await syslog?.close();
  await app.close();
  return {
    transport: kind,
    lines: taken,
    linesPerSecond: Math.round(taken / seconds),
    cpuMicrosecondsPerLine: Math.round(((used.user + used.system) / taken) * 100) / 100,
  };
}

async function send(kind: Kind, port: number, lines: number): Promise<void> {
  const bytes = body(kind);
  process.send?.('ready');
  await new Promise((go) => process.once('message', go));
  if (kind.startsWith('syslog')) {
    const socket = connect(port, '127.0.0.1');
    for (let sent = 0; sent < lines; sent += BATCH)
      if (!socket.write(bytes)) await new Promise((drained) => socket.once('drain', drained));
    socket.end();
    return;
  }
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  let left = lines;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= BATCH;
      await post(agent, port, kind === 'bulk' ? '/elastic/_bulk' : '/api/ingest/bench', bytes);
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  agent.destroy();
}

function post(agent: Agent, port: number, path: string, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${TOKEN}`,
      'content-type': 'application/x-ndjson',
      'content-length': bytes.length,
    };
    const request = httpRequest(
      { agent, host: '127.0.0.1', port, path, method: 'POST', headers },
      (response) => {
        response.resume();
        response.once('end', () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`status ${response.statusCode}`)),
        );
      },
    );
    request.once('error', reject);
    request.end(bytes);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === 'send') {
    await send(process.argv[3] as Kind, Number(process.argv[4]), Number(process.argv[5]));
  } else {
    const lines = Number(process.argv[2] ?? 400) * 1000;
    console.log(`transport          lines/s   CPU µs/line   (${lines} lines, node ${process.version})`);
    for (const kind of ['syslog-newline', 'syslog-octets', 'ndjson', 'bulk'] as const) {
      const figure = await measureCollect(kind, lines);
      console.log(
        `${figure.transport.padEnd(16)} ${String(figure.linesPerSecond).padStart(9)} ${String(figure.cpuMicrosecondsPerLine).padStart(13)}`,
      );
    }
  }
}
