// `npm run build`: builds everything into dist/ now, changed or not. `--server` leaves the console out.
import { ensureBuilt } from './setup.mjs';

await ensureBuilt({ always: true, parts: process.argv.includes('--server') ? ['server'] : undefined });
