import { keepReport, transportSuite } from '@weft/conformance';
import { afterAll, describe, it } from 'vitest';
import { openMemoryTransport } from './index.js';

const report = transportSuite(
  { describe, it },
  { name: 'transport-memory', open: async () => openMemoryTransport({ address: 'conformance' }) },
);

afterAll(() => keepReport([report], new URL('..', import.meta.url)));
