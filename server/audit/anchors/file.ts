import { open } from 'node:fs/promises';

/** Adds an anchor to a file, durably: a line each. The file is made for its owner alone. */
export async function anchorToFile(path: string, line: string): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    await file.write(`${line}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
