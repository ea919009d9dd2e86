import { registrySuite } from '@weft/conformance';
import { openMemoryRegistry } from '@weft/registry-memory';
import { describe, expect, it } from 'vitest';

/** A driver of one's own stands here. */
const openMyDriver = () => openMemoryRegistry({ address: 'conformance' });

const report = registrySuite({ describe, it }, { open: () => openMyDriver() });

it('lists the faults that the backend cannot do, and reports every sentence of the contract', () => {
  expect(report.cases.length).toBeGreaterThan(20);
  expect([...report.notOffered].sort()).toEqual(['restart', 'wipe']);
});
