import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StandardSchemaV1 } from '@weft/core';
import { createConfigClient } from '@weft/host';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CENTER } from './backend.js';
import { inSampleFolder } from './sample-folder.js';

inSampleFolder();

interface Database {
  readonly host: string;
}

const schema: StandardSchemaV1<unknown, Database> = {
  '~standard': {
    version: 1,
    vendor: 'samples',
    validate(value) {
      const { host } = value as Partial<Database>;
      return typeof host === 'string' ? { value: { host } } : { issues: [{ message: 'expected text', path: ['host'] }] };
    },
  },
};

async function openConfig(prefix: string) {
  const config = await createConfigClient({ ...CENTER, prefix, timeout: '10s' });
  onTestFinished(() => config.close());
  return config;
}

describe('the config center of the public API', () => {
  it('gives parsed values, checked and typed by a schema, or a default, or undefined (S84, S85, S86)', async () => {
    const config = await openConfig('reading');
    expect(await config.get('database')).toBeUndefined();
    expect(await config.get('database', { default: { host: 'local' } })).toEqual({ host: 'local' });
    await config.set('database', { host: 'a' });
    expect(await config.get('database')).toEqual({ host: 'a' });
    const database: Database | undefined = await config.get('database', schema);
    expect(database).toEqual({ host: 'a' });
    expect((await config.require('database', schema)).host).toBe('a');
    expect(await config.list()).toEqual({ database: { host: 'a' } });
  });

  it('rejects when a value that has to be there is not (S87)', async () => {
    const config = await openConfig('missing');
    await expect(config.require('database', schema)).rejects.toMatchObject({ code: 'WEFT_CONFIG_NOT_FOUND' });
  });

  it('watches: the value as it is, then every change that is accepted; a bad one is told and left out (S88)', async () => {
    const config = await openConfig('watching');
    const ending = new AbortController();
    const rejected: unknown[] = [];
    config.on('rejected', ({ key, reason }) => rejected.push([key, reason]));
    config.on('deleted', ({ key }) => rejected.push(key));
    await config.set('database', { host: 'a' });
    const seen: (string | undefined)[] = [];
    for await (const value of config.watch('database', { schema, signal: ending.signal })) {
      seen.push(value?.host);
      if (value?.host === 'a') {
        await config.set('database', { hots: 'typo' });
        await expect.poll(() => rejected, { timeout: 20_000 }).toHaveLength(1);
        await config.set('database', { host: 'b' });
      } else ending.abort();
    }
    expect(seen).toEqual(['a', 'b']);
    expect(rejected).toEqual([['database', expect.stringContaining('host')]]);
  });

  it('lists what a key has been, newest first, where the driver keeps it', async () => {
    const config = await createConfigClient({ driver: 'memory', address: 'history' });
    onTestFinished(() => config.close());
    await config.set('database', { host: 'a' });
    await config.set('database', { host: 'b' });
    expect((await config.history('database')).map(({ value }) => value)).toEqual([{ host: 'b' }, { host: 'a' }]);
  });

  // Only there others can write files.
  if (CENTER.registry === 'file') {
    it('reads what others write into the folder, by the suffix of the file', async () => {
      const folder = join(process.env.WEFT_DIR ?? '', 'yaml');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'database.yaml'), 'host: a\n');
      expect(await (await openConfig('yaml')).get('database')).toEqual({ host: 'a' });
    });
  }
});
