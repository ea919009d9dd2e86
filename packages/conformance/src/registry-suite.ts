import type { RegistryDriver } from '@weft/core';
import type { ConformanceReport } from './conformance-report.js';
import { defineSuite } from './define-suite.js';
import { RegistryBench, type RegistryCase, type RegistryFaults } from './registry-bench.js';
import { endingCases } from './registry-endings.js';
import { leaseCases } from './registry-leases.js';
import { recordCases } from './registry-records.js';
import { watchCases } from './registry-watches.js';
import type { SuiteRunner } from './suite-runner.js';

/** A registry driver under test. */
export interface RegistryTarget extends RegistryFaults {
  /** Opens a driver on the same, real backend each time: two of them see each other. */
  open(): Promise<RegistryDriver>;
  /** Wraps a driver, as the supervision of `Registry` does: every case is then run a second time through it. */
  supervise?(driver: RegistryDriver): RegistryDriver;
  /** For the report; default `registry`. */
  readonly name?: string;
}

const GROUPS: Readonly<Record<string, readonly RegistryCase[]>> = {
  records: recordCases,
  leases: leaseCases,
  watches: watchCases,
  'faults and the end': endingCases,
};

interface PlannedCase extends RegistryCase {
  readonly isSupervised?: boolean;
}

/** Every sentence of the `RegistryDriver` contract, in real time with margins taken from what the driver supports. */
export function registrySuite(runner: SuiteRunner, target: RegistryTarget): ConformanceReport {
  const faults: RegistryFaults = { restart: target.restart?.bind(target), wipe: target.wipe?.bind(target) };
  return defineSuite<PlannedCase>(runner, {
    suite: 'registry',
    subject: target.name ?? 'registry',
    groups: target.supervise ? { ...GROUPS, ...supervised(GROUPS) } : GROUPS,
    offers: (fault) => faults[fault] !== undefined,
    async run(one) {
      const open = async () => {
        const driver = await target.open();
        return one.isSupervised && target.supervise ? target.supervise(driver) : driver;
      };
      const bench = new RegistryBench(open, faults);
      try {
        await one.run(bench);
      } finally {
        await bench.close();
      }
    },
  });
}

function supervised(groups: Readonly<Record<string, readonly RegistryCase[]>>): Record<string, readonly PlannedCase[]> {
  const marked = Object.entries(groups).map(([group, cases]) => [
    `${group}, supervised`,
    cases.map((one) => ({ ...one, isSupervised: true })),
  ]);
  return Object.fromEntries(marked);
}
