import { defineConfig } from 'vitest/config';

const never = ['**/node_modules/**', 'dist/**', '.cache/**'];
const browser = ['test/browser/**/*.test.ts', 'console/e2e/**/*.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['test/support/property-seed.ts'],
    pool: 'forks',
    maxWorkers: 2,
    isolate: false,
    // In every project files share two processes, which load each module once: a file leaves nothing behind in its
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
        // The console in Chromium, named by VIGIE_CHROMIUM; one for each of the two processes.
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
