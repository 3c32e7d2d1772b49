// `npm run conformance -- FOLDER [--only PART] [--details]`: what Vigie makes of real rules and real logs.
//
// FOLDER holds any of: sigma/rules, sigma/regression_data, evtx, logs/sekoia, logs/wazuh-ini,
// logs/aws-cloudtrail-*, triage (*_alerts.csv.gz: time, name, ip, host, short, time_label, event_label); a part whose
// folder is absent is left out and says so, as is triage-changed unless it is named. Each part is a file of scripts/conformance/. Exit code 1: something crashed, or a figure fell below its floor in thresholds.ts.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled, root } from './setup.mjs';

const [folder, ...options] = process.argv.slice(2);
if (folder === undefined || folder.startsWith('-')) {
  process.stderr.write('usage: npm run conformance -- FOLDER [--only PART] [--details]\n');
  process.exit(2);
}
if (!existsSync(folder)) {
  process.stderr.write(`${folder}: no such folder\n`);
  process.exit(2);
}
ensureInstalled();
await import('./generate.mjs');
const { build } = await import('esbuild');
const { ownCodeOnly } = await import('./bundle.mjs');
const outfile = join(root, '.cache', 'conformance.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['scripts/conformance/main.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
  plugins: [ownCodeOnly],
});
await build({
  absWorkingDir: root,
  entryPoints: ['server/storage/events/chdb-child.ts'],
  outfile: join(root, '.cache', 'conformance-events-child.mjs'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  plugins: [ownCodeOnly],
});
process.setSourceMapsEnabled(true);
const { main } = await import(pathToFileURL(outfile).href);
process.exitCode = await main(root, folder, options);
