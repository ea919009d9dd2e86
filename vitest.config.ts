import { defineConfig } from 'vitest/config';
import { ClosingLineReporter } from './tooling/bootstrap/closing-line-reporter.mjs';

/** Packages whose tests run on real servers: they wait more than they compute. */
const onServers = 'packages/{backend,registry,config,ratelimit,idempotency}-{consul,etcd,redis}/src/**/*.test.ts';

/** Whoever waits for a process, a socket or a file waits long before it is a failure: the machine may be busy. */
const patient = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 10_000 } } };

/** One group after the other: what starts processes must not compete with what measures on a virtual clock. */
export default defineConfig({
  test: {
    reporters: ['default', new ClosingLineReporter()],
    projects: [
      {
        test: {
          ...patient,
          name: 'packages',
          include: ['packages/*/src/**/*.test.ts'],
          exclude: [onServers],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...patient,
          name: 'apps',
          testTimeout: 120_000,
          include: ['apps/*/src/**/*.test.ts', 'tooling/{bench,bootstrap,layers,mounts,new-driver,readme,release}/**/*.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...patient,
          name: 'servers',
          include: [onServers, 'tooling/servers/src/**/*.test.ts'],
          maxWorkers: 4,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          ...patient,
          name: 'faults',
          include: ['tooling/chaos/src/faults/**/*.test.ts'],
          testTimeout: 180_000,
          maxWorkers: 3,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          ...patient,
          name: 'scenarios',
          include: ['tooling/chaos/src/*.test.ts'],
          testTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
