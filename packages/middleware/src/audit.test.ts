import { settle, virtualClock } from '@weft/conformance';
import { compose, memoryMetrics, type Reply, ServiceError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { type AuditEntry, type AuditOptions, audit, bearerAuth } from './index.js';
import { jsonReply, keptLogger, SampleRequest, through } from './sample-request.fixture.js';

const posting = (headers = {}) => new SampleRequest({ method: 'POST', route: '/orders/:id', headers });

describe('audit', () => {
  it('writes who did what, when, and how it ended', async () => {
    const entries: AuditEntry[] = [];
    const clock = virtualClock();
    const handler = compose<SampleRequest, Reply>(
      [audit({ write: (entry) => entries.push(entry), clock }), bearerAuth({ tokens: { ann: 'abc' } })],
      async () => {
        await clock.advance(5);
        return jsonReply({});
      },
    );
    await handler(posting({ authorization: 'Bearer abc' }));
    await handler(posting());
    const what = {
      remoteAddress: '127.0.0.1',
      method: 'POST',
      path: '/orders/7',
      route: '/orders/:id',
      at: expect.stringMatching(/^\d{4}-.+Z$/),
    };
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    expect(entries).toEqual([
      { ...what, who: 'ann', status: 200, result: 'done', durationMs: 5, traceId },
      { ...what, who: undefined, status: 401, result: 'refused', durationMs: 0, traceId },
    ]);
  });

  it('writes failures, too, and passes them on', async () => {
    const results: unknown[] = [];
    const keep = audit({ write: ({ status, result }) => results.push([status, result]) });
    for (const error of [new ServiceError(409, 'conflict'), new Error('a bug')]) {
      await expect(through(keep, posting(), () => Promise.reject(error))).rejects.toBe(error);
    }
    expect(results).toEqual([
      [409, 'refused'],
      [500, 'failed'],
    ]);
  });

  it('writes only what it is asked to', async () => {
    const methods: string[] = [];
    const keep = audit({ write: ({ method }) => methods.push(method), only: ({ method }) => method !== 'GET' });
    await through(keep);
    await through(keep, posting());
    expect(methods).toEqual(['POST']);
  });

  it('does not let a request wait, or fail, for a sink that fails: what is lost is counted, and told once', async () => {
    const [logger, metrics] = [keptLogger(), memoryMetrics()];
    let isBroken = true;
    const write = async () => {
      if (isBroken) throw new Error('disk full');
    };
    const keep = audit({ write, logger, metrics });
    for (let request = 0; request < 3; request++) expect((await through(keep)).status).toBe(200);
    await settle();
    isBroken = false;
    await through(keep);
    await settle();
    expect(metrics.read('audit.lost')).toBe(3);
    expect(logger.lines).toEqual([
      ['error', 'audit fails: entries are lost', { reason: 'disk full' }],
      ['info', 'audit works again', { lost: 3 }],
    ]);
  });

  it('does not let entries pile up before a sink that hangs', async () => {
    const metrics = memoryMetrics();
    let written = 0;
    const write = () => {
      written++;
      return new Promise(() => {});
    };
    const keep = audit({ write, metrics, maxPending: 10 });
    for (let request = 0; request < 15; request++) await through(keep);
    expect([written, metrics.read('audit.lost')]).toEqual([10, 5]);
    expect(() => audit({ write, maxPending: Number.NaN })).toThrow('audit.maxPending: NaN: expected a number above 0');
    expect(() => audit({} as AuditOptions)).toThrow('audit.write: expected a function that takes an entry');
    expect(() => audit({ write, only: true } as unknown as AuditOptions)).toThrow('audit.only: expected a function');
  });

  it('survives a sink and a logger that throw at once', async () => {
    const fail = () => {
      throw new Error('broken');
    };
    const logger = { debug: fail, info: fail, warn: fail, error: fail, child: fail };
    expect((await through(audit({ write: fail, logger }))).status).toBe(200);
    await settle();
  });
});
