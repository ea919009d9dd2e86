import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { registrySuite } from '@weft/conformance';
import { superviseDriver } from '@weft/registry';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openFileRegistry } from './index.js';

let path = '';

beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), 'weft-registry-file-'));
});
afterAll(() => rm(path, { recursive: true, force: true }));

registrySuite(
  { describe, it },
  {
    name: 'registry-file',
    open: () => openFileRegistry({ path }),
    supervise: superviseDriver,
    async wipe() {
      const folder = join(path, 'registry');
      for (const service of await readdir(folder)) await rm(join(folder, service), { recursive: true, force: true });
    },
    async restart() {
      await rm(path, { recursive: true, force: true });
    },
  },
);
