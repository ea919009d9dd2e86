import { type BalancerFeatures, balancerSuite, keepReport } from '@weft/conformance';
import type { LoadBalancer } from '@weft/core';
import { afterAll, describe, it } from 'vitest';
import {
  avoidPushback,
  consistentHash,
  filterInstances,
  leastConnections,
  p2cEwma,
  preferZone,
  randomChoice,
  roundRobin,
  slowStart,
  splitByVersion,
  subset,
  weighted,
} from './index.js';

const runner = { describe, it };
const neither = { weights: false, load: false, latency: false, warmUp: false, keys: false, bounds: false };
const adaptive = { ...neither, load: true, warmUp: true };

type Wrap = NonNullable<Parameters<typeof balancerSuite>[1]['wrap']>;

/** Something that is put around strategies, as it does with round robin. */
const around = (name: string, wrap: Wrap, supports: Partial<BalancerFeatures> = {}) => {
  return balancerSuite(runner, {
    strategy: 'round_robin',
    subject: `round_robin with ${name}`,
    supports: { ...neither, ...supports },
    create: (options) => wrap(roundRobin, options),
    wrap,
  });
};

const reports = [
  balancerSuite(runner, { strategy: 'round_robin', create: roundRobin, supports: neither }),
  balancerSuite(runner, { strategy: 'random', create: randomChoice, supports: neither }),
  balancerSuite(runner, { strategy: 'weighted', create: () => weighted(), supports: { ...neither, weights: true } }),
  balancerSuite(runner, { strategy: 'least_connections', create: leastConnections, supports: adaptive }),
  balancerSuite(runner, { strategy: 'p2c_ewma', create: p2cEwma, supports: { ...adaptive, latency: true } }),
  balancerSuite(runner, {
    strategy: 'consistent_hash',
    create: (): LoadBalancer => consistentHash(),
    supports: { ...neither, keys: true, bounds: true },
  }),
  around('slowStart', (create, { clock }) => slowStart(create, { clock }), { warmUp: true }),
  around('subset', (create, { random }) => subset(create, { size: 3, random }), { evenShares: false }),
  around('zone', (create) => preferZone(create, { name: 'eu-1a' })),
  around('split', (create) => splitByVersion(create, { weights: { '1': 9, '2': 1 } })),
  around('filter', (create) => filterInstances(create, { tags: [] })),
  around('pushback', (create, { clock }) => avoidPushback(create, { clock })),
];

afterAll(() => keepReport(reports, new URL('..', import.meta.url)));
