import { breakerSuite } from '@weft/conformance';
import { describe, it } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.js';

breakerSuite({ describe, it }, { create: (options) => new CircuitBreaker(options) });
