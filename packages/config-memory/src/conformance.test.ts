import { configSuite, keepReport } from '@weft/conformance';
import { afterAll, describe, it } from 'vitest';
import { openMemoryConfig } from './index.js';

const report = configSuite({ describe, it }, { name: 'config-memory', open: () => openMemoryConfig({ address: 'conformance' }) });

afterAll(() => keepReport([report], new URL('..', import.meta.url)));
