import { registrySuite } from '@weft/conformance';
import { superviseDriver } from '@weft/registry';
import { describe, expect, it } from 'vitest';
import { openMemoryRegistry } from './index.js';

const { undeclared } = registrySuite(
  { describe, it },
  { name: 'registry-memory', open: () => openMemoryRegistry({ address: 'conformance' }), supervise: superviseDriver },
);

it('has no faults to offer, because it lives and dies with its process', () => {
  expect(undeclared).toEqual(['restart', 'wipe']);
});
