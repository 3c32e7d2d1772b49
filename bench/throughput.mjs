// The whole way, from socket to stored and judged, at a steady rate: does any queue grow, what does it cost,
// how long does a line take to become an alert and a mail?
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { readRules } from './rules.mjs';
import { generateCertificate, startSmtp } from './smtp.mjs';
import { startVigie, usage } from './vigie.mjs';

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const percentile = (values, p) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length === 0
    ? Number.NaN
    : sorted[Math.min(sorted.length - 1, Math.ceil((p / 100) * sorted.length) - 1)];
};
const mb = (bytes) => Math.round(bytes / 1e6);

/** One run. @param {{rate: number, seconds: number, corpus?: string, markEveryMs?: number}} plan */
export async function measure(plan) {
  const tls = generateCertificate();
  const smtp = await startSmtp(tls);
  const vigie = await startVigie({
    VIGIE_MAIL_HOST: '127.0.0.1',
    VIGIE_MAIL_PORT: String(smtp.port),
    VIGIE_MAIL_SECURITY: 'tls',
    VIGIE_MAIL_CA: tls.certFile,
    VIGIE_MAIL_USER: 'vigie',
    VIGIE_MAIL_PASSWORD: 'bench-password',
    // Each incident's mail is timed; none waits for others.
    VIGIE_MAIL_DIGEST_AFTER: '0',
    ...(plan.mailDelayMs === undefined ? {} : { VIGIE_DETECTION_MAIL_DELAY_MS: String(plan.mailDelayMs) }),
  });
  try {
    let rules;
    if (plan.corpus !== undefined)
      rules = await vigie.call('POST', '/api/rules/import', {
        origin: 'corpus',
        replace: true,
        files: readRules(join(plan.corpus, 'sigma', 'rules', 'rules')),
      });
    await sleep(3000);
    const idle = { before: usage(vigie) };
    await sleep(plan.idleSeconds ? plan.idleSeconds * 1000 : 5000);
    idle.after = usage(vigie);
    const sender = fork(join(import.meta.dirname, 'sender.mjs'));
    const done = new Promise((resolve, reject) => {
      sender.on('message', (message) => {
        if (message.type === 'done') resolve(message);
        else if (message.type === 'failed') reject(new Error(message.message));
        else progress = message;
      });
      sender.on('exit', (code) => code !== 0 && reject(new Error(`sender ended with ${code}`)));
    });
    let progress = { sent: 0 };
    const start = usage(vigie);
    const startedAt = Date.now();
    sender.send({
      port: vigie.syslogPort,
      rate: plan.rate,
      seconds: plan.seconds,
      seed: 7,
      markEveryMs: plan.markEveryMs ?? 1000,
      connections: 4,
    });
    const samples = [];
    const watch = (async () => {
      while (samples.running !== false) {
        await sleep(Math.max(2000, Math.min(10_000, plan.seconds * 50)));
        const { pipeline } = await vigie.call('GET', '/api/status');
        const now = usage(vigie);
        samples.push({
          at: (Date.now() - startedAt) / 1000,
          sent: progress.sent,
          stored: pipeline.stored,
          detected: pipeline.detected,
          behind: progress.sent - pipeline.detected,
          queued: pipeline.queued,
          undetected: pipeline.undetected,
          memory: now.bytes,
          parts: now.byProcess,
        });
        process.stderr.write(
          `  ${samples.at(-1).at.toFixed(0)} s: sent ${progress.sent}, judged ${pipeline.detected}, behind ${progress.sent - pipeline.detected}, ${mb(now.bytes)} MB\n`,
        );
      }
    })();
    const result = await done;
    let judgedAt = Date.now();
    for (;;) {
      const { pipeline } = await vigie.call('GET', '/api/status');
      if (pipeline.detected >= result.sent || Date.now() - judgedAt > 120_000) {
        judgedAt = Date.now();
        result.detected = pipeline.detected;
        result.drops = pipeline.drops;
        break;
      }
      await sleep(50);
    }
    samples.running = false;
    await watch;
    const end = usage(vigie);
    await sleep(4000);
    const alerts = await alertTimes(vigie, result.marked);
    const mails = result.marked.flatMap(({ n, at }) => {
      const pattern = new RegExp(`mark-${n}\\b`);
      const mail = smtp.mails.find((m) => pattern.test(m.text));
      return mail === undefined ? [] : [mail.at - at];
    });
    return {
      plan,
      rules,
      result,
      samples,
      idle,
      cpuMs: end.cpuMs - start.cpuMs,
      byProcess: difference(end.byProcess, start.byProcess),
      wallSeconds: (judgedAt - startedAt) / 1000,
      peak: Math.max(...samples.map((s) => s.memory), end.bytes),
      alerts,
      mails,
      mailCount: smtp.mails.length,
    };
  } finally {
    await vigie.stop();
    await smtp.close();
  }
}

async function alertTimes(vigie, marked) {
  const created = new Map();
  let cursor;
  do {
    const page = await vigie.call(
      'GET',
      `/api/incidents?status=all&sort=recent&limit=200${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    for (const incident of page.items)
      for (const entity of incident.entities)
        if (entity.type === 'host') created.set(entity.value, incident.createdAt);
    cursor = page.next;
  } while (cursor !== undefined);
  return marked.flatMap(({ n, at }) => (created.has(`mark-${n}`) ? [created.get(`mark-${n}`) - at] : []));
}

function difference(end, start) {
  return Object.fromEntries(
    Object.entries(end).map(([name, value]) => [
      name,
      { cpuMs: value.cpuMs - (start[name]?.cpuMs ?? 0), bytes: value.bytes },
    ]),
  );
}
