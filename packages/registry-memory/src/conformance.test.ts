import { keepReport, registrySuite } from '@weft/conformance';
import { superviseDriver } from '@weft/registry';
import { afterAll, describe, expect, it } from 'vitest';
import { openMemoryRegistry } from './index.js';

const open = () => openMemoryRegistry({ address: 'conformance' });

const report = registrySuite({ describe, it }, { name: 'registry-memory', open, supervise: superviseDriver });

it('has no faults to offer, because it lives and dies with its process', () => {
  expect(report.notOffered).toEqual(['wipe', 'restart']);
});

afterAll(() => keepReport([report], new URL('..', import.meta.url)));
