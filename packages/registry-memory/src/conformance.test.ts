import { keepReport, registrySuite } from '@weft/conformance';
import { superviseDriver } from '@weft/registry';
import { afterAll, describe, expect, it } from 'vitest';
import { openMemoryRegistry } from './index.js';

const open = () => openMemoryRegistry({ address: 'conformance' });

const reports = [
  registrySuite({ describe, it }, { name: 'registry-memory', open }),
  registrySuite({ describe, it }, { name: 'registry-memory, supervised', open: async () => superviseDriver(await open()) }),
];

it('has no faults to offer, because it lives and dies with its process', () => {
  for (const { notOffered } of reports) expect(notOffered).toEqual(['wipe', 'restart']);
});

afterAll(() => keepReport(reports, new URL('..', import.meta.url)));
