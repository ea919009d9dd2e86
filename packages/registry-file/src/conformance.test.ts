import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepReport, registrySuite } from '@weft/conformance';
import { superviseDriver } from '@weft/registry';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openFileRegistry } from './index.js';

let path = '';

beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), 'weft-registry-file-'));
});
afterAll(() => rm(path, { recursive: true, force: true }));

const open = () => openFileRegistry({ path });
const faults = {
  async wipe() {
    const folder = join(path, 'registry');
    for (const service of await readdir(folder)) await rm(join(folder, service), { recursive: true, force: true });
  },
  restart: () => rm(path, { recursive: true, force: true }),
};

const report = registrySuite({ describe, it }, { name: 'registry-file', open, supervise: superviseDriver, ...faults });

afterAll(() => keepReport([report], new URL('..', import.meta.url)));
