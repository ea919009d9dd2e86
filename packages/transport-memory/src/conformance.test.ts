import { transportSuite } from '@weft/conformance';
import { describe, it } from 'vitest';
import { openMemoryTransport } from './index.js';

transportSuite({ describe, it }, { open: async () => openMemoryTransport({ address: 'conformance' }) });
