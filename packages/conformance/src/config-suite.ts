import type { ConfigDriver } from '@weft/core';
import { ConfigBench, type ConfigCase, type ConfigFaults, type ConfigFeatures } from './config-bench.js';
import { conditionCases } from './config-conditions.js';
import { configEndingCases } from './config-endings.js';
import { textCases } from './config-texts.js';
import { configWatchCases } from './config-watches.js';
import type { ConformanceReport } from './conformance-report.js';
import { defineSuite } from './define-suite.js';
import type { SuiteRunner } from './suite-runner.js';

/** A config driver under test. */
export interface ConfigTarget extends ConfigFaults {
  /** Opens a driver on the same, real backend each time: two of them see each other. */
  open(): ConfigDriver | Promise<ConfigDriver>;
  /** What the backend lacks, so that the suite lists it instead of running it. All true unless set. */
  readonly supports?: Partial<ConfigFeatures>;
  /** For the report; default `config`. */
  readonly name?: string;
}

const GROUPS: Readonly<Record<string, readonly ConfigCase[]>> = {
  texts: textCases,
  conditions: conditionCases,
  watches: configWatchCases,
  'faults and the end': configEndingCases,
};

/** Every sentence of the `ConfigDriver` contract, in real time with margins taken from what the driver supports. */
export function configSuite(runner: SuiteRunner, target: ConfigTarget): ConformanceReport {
  const { name = 'config', supports } = target;
  const faults: ConfigFaults = {
    write: target.write?.bind(target),
    restart: target.restart?.bind(target),
    wipe: target.wipe?.bind(target),
  };
  return defineSuite<ConfigCase>(runner, {
    suite: 'config',
    subject: name,
    groups: GROUPS,
    offers(needs) {
      if (needs === 'history' || needs === 'compareAndSet') return supports?.[needs] !== false;
      return faults[needs] !== undefined;
    },
    async run(one) {
      const bench = new ConfigBench(async () => target.open(), faults);
      try {
        await one.run(bench);
      } finally {
        await bench.close();
      }
    },
  });
}
