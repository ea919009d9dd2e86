import { breakerSuite, keepReport } from '@weft/conformance';
import { afterAll, describe, it } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.js';

const report = breakerSuite({ describe, it }, { name: 'breaker', create: (options) => new CircuitBreaker(options) });

afterAll(() => keepReport([report], new URL('..', import.meta.url)));
