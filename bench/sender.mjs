// Sends lines over syslog TCP at a steady rate, or as fast as they are taken. Run as a process of its own, so
// that making the lines does not cost the server's loop. Progress goes to the parent by IPC.
import { connect } from 'node:net';
import { line, marker, random } from './lines.mjs';

/** @param {{port: number, rate: number, seconds: number, seed: number, markEveryMs: number, connections: number}} plan */
async function send(plan) {
  const r = random(plan.seed);
  const sockets = await Promise.all(
    Array.from(
      { length: plan.connections },
      () =>
        new Promise((resolve, reject) => {
          const socket = connect(plan.port, '127.0.0.1', () => resolve(socket));
          socket.on('error', reject);
        }),
    ),
  );
  // Lines are made beforehand and reused with fresh values every so often: the sender must not be the bottleneck.
  const pool = Array.from({ length: 50_000 }, () => line(r, Date.now()));
  const started = Date.now();
  const end = started + plan.seconds * 1000;
  let sent = 0;
  let bytes = 0;
  let marks = 0;
  let next = 0;
  let markAt = started + 2000;
  const marked = [];
  const report = setInterval(() => process.send({ type: 'progress', sent, bytes, marks }), 1000);
  while (Date.now() < end) {
    const due = plan.rate === 0 ? sent + 2000 : Math.floor(((Date.now() - started) * plan.rate) / 1000);
    let text = '';
    const target = Math.min(due, sent + 5000);
    while (sent < target) {
      text += `${pool[next++ % pool.length]}\n`;
      sent++;
    }
    const now = Date.now();
    if (plan.markEveryMs > 0 && now >= markAt) {
      text += `${marker(plan.seed * 100_000 + marks, now)}\n`;
      marked.push({ n: plan.seed * 100_000 + marks, at: now });
      marks++;
      sent++;
      markAt = now + plan.markEveryMs;
    }
    if (text !== '') {
      bytes += text.length;
      const socket = sockets[sent % sockets.length];
      if (!socket.write(text)) await new Promise((resolve) => socket.once('drain', resolve));
    }
    if (plan.rate !== 0) await new Promise((resolve) => setTimeout(resolve, 10));
    else await new Promise((resolve) => setImmediate(resolve));
  }
  clearInterval(report);
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.end(resolve))));
  process.send({ type: 'done', sent, bytes, marked, seconds: (Date.now() - started) / 1000 }, () =>
    process.exit(0),
  );
}

process.once('message', (plan) => {
  send(plan).catch((error) => {
    process.send({ type: 'failed', message: String(error) }, () => process.exit(1));
  });
});
