import { virtualClock } from '@weft/conformance';
import { ServiceError, WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { requestLog } from './index.js';
import { bytesOf, jsonReply, keptLogger, SampleRequest, through } from './sample-request.fixture.js';

const trace_id = '0af7651916cd43dd8448eb211c80319c';

describe('requestLog', () => {
  it('writes one line per request: method, route, status, ms and trace id', async () => {
    const [logger, clock] = [keptLogger(), virtualClock()];
    await through(requestLog({ logger, clock }), new SampleRequest({ route: '/orders/:id' }), async () => {
      await clock.advance(12.34);
      return jsonReply({});
    });
    const fields = { method: 'GET', route: '/orders/:id', status: 200, durationMs: 12.3, trace_id };
    expect(logger.lines).toEqual([['info', 'request', fields]]);
  });

  it('writes to the logger of the request, and the path without its query where no route is told', async () => {
    const log = keptLogger();
    const request = new SampleRequest({ log, headers: { authorization: 'Bearer secret' }, body: { password: 'secret' } });
    await through(requestLog(), request);
    expect(log.lines).toMatchObject([['info', 'request', { route: '/orders/7' }]]);
    expect(JSON.stringify(log.lines)).not.toContain('secret');
  });

  it.each([
    [new ServiceError(404, 'not found'), 404, 'info'],
    [new WeftError('WEFT_NO_INSTANCE', 'nobody'), 503, 'warn'],
    [new Error('a bug'), 500, 'warn'],
    [new ServiceError(20, 'no status'), 500, 'warn'],
  ])('tells the status that %s becomes, and passes it on', async (error, status, level) => {
    const logger = keptLogger();
    const answering = through(requestLog({ logger }), new SampleRequest(), () => Promise.reject(error));
    await expect(answering).rejects.toBe(error);
    expect(logger.lines).toMatchObject([[level, 'request', { status }]]);
  });

  it('waits for the last piece of an answer in pieces, and tells when it broke off or was left', async () => {
    const logger = keptLogger();
    const answer = (broken: boolean) => async () => ({
      status: 200,
      headers: {},
      body: (async function* () {
        yield Buffer.from('one');
        expect(logger.lines).toEqual([]);
        if (broken) throw new Error('broken');
        yield Buffer.from('two');
      })(),
    });
    const log = requestLog({ logger });
    expect(String(await bytesOf(await through(log, new SampleRequest(), answer(false))))).toBe('onetwo');
    expect(logger.lines.splice(0)).toEqual([['info', 'request', expect.not.objectContaining({ isWhole: false })]]);
    await expect(bytesOf(await through(log, new SampleRequest(), answer(true)))).rejects.toThrow('broken');
    expect(logger.lines.splice(0)).toEqual([['info', 'request', expect.objectContaining({ isWhole: false })]]);
    for await (const _ of (await through(log, new SampleRequest(), answer(false))).body as AsyncIterable<Uint8Array>) break;
    expect(logger.lines).toEqual([['info', 'request', expect.objectContaining({ isWhole: false })]]);
  });

  it('does not break a request with a logger that throws', async () => {
    const fail = () => {
      throw new Error('disk full');
    };
    const logger = { debug: fail, info: fail, warn: fail, error: fail, child: fail };
    expect((await through(requestLog({ logger }))).status).toBe(200);
  });
});
