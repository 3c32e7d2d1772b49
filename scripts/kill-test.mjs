// Kills parts of a running Vigie at random moments, round after round, and counts what is lost or doubled; then the
// event store alone while it inserts, five times as often.
//
//   npm run kill-test -- --rounds 20 [--seed N]
//
// A seed gives the same order of parts and the same moments again.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, root } from './setup.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '20' }, seed: { type: 'string' } },
});
for (const [name, value] of Object.entries(values))
  if (!/^[1-9]\d{0,8}$/.test(value)) {
    process.stderr.write(`kill-test: --${name} must be a positive number, not "${value}"\n`);
    process.exit(2);
  }

if (process.env.INSTALLATION === undefined) {
  ensureInstalled();
  ensureBuilt();
}
const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    'test/e2e/kill.test.ts',
    'server/storage/events/lifecycle.test.ts',
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      KILL_ROUNDS: values.rounds,
      VIGIE_STORE_KILLS: String(5 * Number(values.rounds)),
      ...(values.seed === undefined ? {} : { KILL_SEED: values.seed }),
    },
  },
);
process.exitCode = status ?? 1;
