import { defineConfig } from 'vitest/config';
import { ClosingLineReporter } from './tooling/bootstrap/closing-line-reporter.mjs';

/** One group after the other: what starts processes must not compete with what measures on a virtual clock. */
export default defineConfig({
  test: {
    reporters: ['default', new ClosingLineReporter()],
    projects: [
      { test: { name: 'packages', include: ['packages/*/src/**/*.test.ts'], sequence: { groupOrder: 0 } } },
      {
        test: {
          name: 'apps',
          include: ['apps/*/src/**/*.test.ts', 'tooling/{bench,bootstrap,layers,mounts,new-driver,readme,release}/**/*.test.ts'],
          testTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'scenarios',
          include: ['tooling/chaos/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
