import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const never = ['**/node_modules/**', 'dist/**', '.cache/**'];
const browser = ['test/browser/**/*.test.ts', 'console/e2e/**/*.test.ts'];

/** What takes longest, by waiting for deadlines and restarts more than by its length. */
const LONGEST = [
  'test/e2e/kill.test.ts',
  'test/e2e/idle-windows.test.ts',
  'test/e2e/outage.test.ts',
  'test/e2e/wef.test.ts',
  'test/e2e/exceptions.test.ts',
  'test/browser/stories.test.ts',
  'server/collect/syslog/server.test.ts',
  'server/storage/events/lifecycle.test.ts',
  'sources/kit/mutation.test.ts',
  'sources/kit/hostile.test.ts',
];

for (const name of LONGEST)
  if (!existsSync(join(import.meta.dirname, name)))
    throw new Error(`vitest.config.ts names ${name}, which is gone`);

/** The longest files first, so that nothing waits for one of them alone at the end; a fresh clone knows only sizes. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}`));
      return at < 0 ? LONGEST.length : at;
    };
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['test/support/property-seed.ts'],
    pool: 'forks',
    maxWorkers: 2,
    isolate: false,
    sequence: { sequencer: LongestFirst },
    // In every project files share a few processes, which load each module once: a file leaves nothing behind in its
    // own, neither timers nor variables of the environment.
    projects: [
      {
        extends: true,
        // Beside the code, with real databases and real senders.
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...never, 'test/**', ...browser],
          globalSetup: 'server/storage/state/testing/server.ts',
        },
      },
      {
        extends: true,
        // The built program as a whole: started, fed, killed.
        test: {
          name: 'e2e',
          include: ['test/**/*.test.ts'],
          exclude: [...never, ...browser],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        // The console in Chromium, named by VIGIE_CHROMIUM; one for each process.
        test: {
          name: 'browser',
          include: browser,
          exclude: never,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
