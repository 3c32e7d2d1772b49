import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, noteServer, root } from './setup.mjs';

/** Hands over to the built program; in a checkout with sources, after making sure it is built. */
export async function launch(args) {
  if (existsSync(join(root, 'server')) && existsSync(join(root, 'package-lock.json'))) {
    ensureInstalled();
    await ensureBuilt();
    if (args.includes('start') && !args.includes('--help')) noteServer();
  }
  const { main } = await import(pathToFileURL(join(root, 'dist', 'vigie.js')).href);
  await main(args);
}
