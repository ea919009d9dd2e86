import { fixedRegistry, instanceRecord, settle } from '@weft/conformance';
import { Registry } from '@weft/registry';
import { afterEach, describe, expect, it } from 'vitest';
import { Wire } from './wire.js';

describe('a registry that points at a hostile address', () => {
  const wire = new Wire();
  afterEach(() => wire.close());

  it('R85 nothing is sent to an address that is not allowed: no call, no probe; it is told and counted', async () => {
    const decoys: string[] = [];
    const decoy = await wire.serve(
      (request, response) => {
        decoys.push(request.url ?? '');
        response.end('{}');
      },
      { host: '127.0.0.2' },
    );
    const good = await wire.serve((_, response) => response.end('{}'));
    const place = (host: string, port: number) => ({ host, endpoints: [{ protocol: 'http', port }] as const });
    const driver = fixedRegistry([
      instanceRecord('users-1', place('127.0.0.1', good.port)),
      instanceRecord('users-2', place('127.0.0.2', decoy.port)),
      instanceRecord('users-3', place('localhost', decoy.port)),
    ]);
    const registry = new Registry(driver, { allowedAddresses: ['127.0.0.1'] });
    const refused: string[] = [];
    registry.on('record.refused', ({ id }) => refused.push(id));
    const client = wire.call([], { registry });
    for (let n = 0; n < 50; n++) expect((await client.get('/users/7')).instance.id).toBe('users-1');
    driver.set([instanceRecord('users-1', { ...place('127.0.0.2', decoy.port), incarnation: '2' })]);
    await settle();
    for (let n = 0; n < 50; n++) expect((await client.get('/users/7')).instance.host).toBe('127.0.0.1');
    good.close();
    await client.get('/users/7').catch(() => {});
    expect(decoys).toEqual([]);
    expect(refused.sort()).toEqual(['users-1', 'users-2', 'users-3']);
  });
});
