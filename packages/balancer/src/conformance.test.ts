import { balancerSuite, keepReport } from '@weft/conformance';
import { afterAll, describe, it } from 'vitest';
import { leastConnections, randomChoice, roundRobin, weighted } from './index.js';

const reports = [
  balancerSuite(
    { describe, it },
    { strategy: 'round_robin', create: roundRobin, supports: { weights: false, load: false, keys: false } },
  ),
  balancerSuite(
    { describe, it },
    { strategy: 'random', create: randomChoice, supports: { weights: false, load: false, keys: false } },
  ),
  balancerSuite({ describe, it }, { strategy: 'weighted', create: () => weighted(), supports: { load: false, keys: false } }),
  balancerSuite(
    { describe, it },
    { strategy: 'least_connections', create: leastConnections, supports: { weights: false, keys: false } },
  ),
];

afterAll(() => keepReport(reports, new URL('..', import.meta.url)));
