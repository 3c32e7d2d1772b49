import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const SOURCE = resolve(import.meta.dirname, 'go-lumber');
const FOLDER = resolve(import.meta.dirname, '../../../.cache/go-lumber');

/**
 * Builds the sender in `go-lumber/` where Go is there and its modules can be had; says why when not.
 *
 * @returns the program, or `undefined`
 */
export function goLumberSender(): string | undefined {
  const program = resolve(FOLDER, 'sender');
  const skipped = (why: string): undefined => {
    process.stderr.write(`skipped: go-lumber, the client of Beats: ${why}\n`);
    return undefined;
  };
  const go = ['go', '/usr/local/go/bin/go'].find((candidate) => {
    try {
      execFileSync(candidate, ['version'], { stdio: 'ignore' });
      return true;
    } catch {
      // Not there; the next place is tried, and the end of the list is told below.
      return false;
    }
  });
  if (go === undefined) return skipped('Go is not installed');
  mkdirSync(FOLDER, { recursive: true });
  try {
    execFileSync(go, ['build', '-mod=readonly', '-o', program, '.'], {
      cwd: SOURCE,
      env: { ...process.env, GOFLAGS: '', GOWORK: 'off' },
      stdio: 'pipe',
      timeout: 240_000,
    });
  } catch (error) {
    return skipped(String((error as { stderr?: Buffer }).stderr ?? error).slice(0, 300));
  }
  return program;
}

/** @returns how many events were acknowledged */
export async function runGoLumber(program: string, args: readonly (string | number)[]): Promise<number> {
  const { stdout } = await promisify(execFile)(program, args.map(String), { timeout: 60_000 });
  return Number(stdout.trim());
}
