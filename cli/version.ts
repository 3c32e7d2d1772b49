import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the installation: the nearest one above that holds Vigie's package.json. */
export const INSTALLATION = findInstallation();

/** Version of the installation. */
export const VERSION: string = (
  JSON.parse(readFileSync(join(INSTALLATION, 'package.json'), 'utf8')) as { version: string }
).version;

function findInstallation(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'vigie')
      return folder;
    const parent = dirname(folder);
    if (parent === folder) throw new Error('not inside an installation of Vigie');
    folder = parent;
  }
}
