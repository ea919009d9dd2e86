import type { RegistryDriver } from '@weft/core';
import { RegistryBench, type RegistryCase, type RegistryFaults } from './registry-bench.js';
import { endingCases } from './registry-endings.js';
import { leaseCases } from './registry-leases.js';
import { recordCases } from './registry-records.js';
import { watchCases } from './registry-watches.js';

const CASE_TIMEOUT_MS = 120_000;

/** The functions of any test runner that has them, such as vitest or node:test. */
export interface RegistrySuiteRunner {
  /** Groups tests. */
  describe(name: string, define: () => void): unknown;
  /** Defines a test; the third argument is how many ms it may take. */
  it(name: string, run: () => Promise<void>, timeoutMs: number): unknown;
}

/** A registry driver under test. */
export interface RegistryTarget extends RegistryFaults {
  /** Opens a driver on the same, real backend each time: two of them see each other. */
  open(): Promise<RegistryDriver>;
  /** Wraps a driver; given, every case runs a second time through it. */
  supervise?(driver: RegistryDriver): RegistryDriver;
  /** For the report; default `registry`. */
  readonly name?: string;
}

/** What came of declaring the suite. */
export interface RegistrySuiteReport {
  /** Faults that the target does not offer, so that their cases were left out. */
  readonly undeclared: readonly (keyof RegistryFaults)[];
}

const GROUPS: Readonly<Record<string, readonly RegistryCase[]>> = {
  records: recordCases,
  leases: leaseCases,
  watches: watchCases,
  'faults and the end': endingCases,
};
const FAULTS = ['restart', 'wipe'] as const;

/** Every sentence of the `RegistryDriver` contract, in real time with margins taken from what the driver supports. */
export function registrySuite({ describe, it }: RegistrySuiteRunner, target: RegistryTarget): RegistrySuiteReport {
  const { name = 'registry', supervise } = target;
  const open = () => target.open();
  const define = (title: string, openDriver: () => Promise<RegistryDriver>) => {
    describe(title, () => {
      for (const [group, cases] of Object.entries(GROUPS)) {
        const offered = cases.filter(({ needs }) => !needs || target[needs]);
        describe(group, () => {
          for (const one of offered) it(one.name, () => onBench(one, openDriver, target), CASE_TIMEOUT_MS);
        });
      }
    });
  };
  define(name, open);
  if (supervise) define(`${name}, supervised`, async () => supervise(await open()));
  return { undeclared: FAULTS.filter((fault) => !target[fault]) };
}

async function onBench(one: RegistryCase, open: () => Promise<RegistryDriver>, target: RegistryTarget): Promise<void> {
  const faults: RegistryFaults = { restart: target.restart?.bind(target), wipe: target.wipe?.bind(target) };
  const bench = new RegistryBench(open, faults);
  try {
    await one.run(bench);
  } finally {
    await bench.close();
  }
}
