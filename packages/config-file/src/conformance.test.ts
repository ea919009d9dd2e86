import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { configSuite, keepReport } from '@weft/conformance';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { openFileConfig } from './index.js';

let path = '';

beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), 'weft-config-file-'));
});
afterAll(() => rm(path, { recursive: true, force: true }));

const report = configSuite(
  { describe, it },
  {
    name: 'config-file',
    supports: { history: false, compareAndSet: false },
    open: () => openFileConfig({ path }),
    async write(key, text) {
      await mkdir(dirname(join(path, key)), { recursive: true });
      await writeFile(join(path, key), text);
    },
    /** As when a volume is unmounted and mounted again. */
    async restart() {
      await rename(path, `${path}-away`);
      await setTimeout(500);
      await rename(`${path}-away`, path);
    },
    wipe: () => rm(path, { recursive: true, force: true }),
  },
);

afterAll(() => keepReport([report], new URL('..', import.meta.url)));
