import { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { bearerAuth, type Caller, callerOf } from './index.js';
import { jsonReply, SampleRequest, through } from './sample-request.fixture.js';

const asking = (authorization: string) => new SampleRequest({ headers: { authorization } });

describe('bearerAuth', () => {
  const auth = bearerAuth({ tokens: { gateway: 'abc.def', batch: 'xyz' }, realm: 'orders' });

  it('lets a known token in and says whose it is', async () => {
    for (const [token, id] of [
      ['abc.def', 'gateway'],
      ['xyz', 'batch'],
    ]) {
      let seen: Caller | undefined;
      const { status } = await through(auth, asking(`Bearer ${token}`), async (request) => {
        seen = callerOf(request);
        return jsonReply({});
      });
      expect([status, seen]).toEqual([200, { id }]);
    }
  });

  it('answers 401 with a challenge when there is no token', async () => {
    expect(await through(auth)).toEqual({
      status: 401,
      headers: { 'content-type': 'application/json', 'www-authenticate': 'Bearer realm="orders"' },
      body: '{"error":"Unauthorized","code":401}',
    });
  });

  it.each([
    'Bearer abc.de',
    'Bearer abc.deff',
    'Bearer ',
    'Bearer',
    'Basic abc.def',
    'abc.def',
    'Bearer abc.def xyz',
    'Bearer a\u0000',
  ])('answers 401 to %j, and calls nobody', async (authorization) => {
    let calls = 0;
    const reply = await through(auth, asking(authorization), async () => {
      calls++;
      return jsonReply({});
    });
    expect([reply.status, reply.headers['www-authenticate'], calls]).toEqual([
      401,
      'Bearer realm="orders", error="invalid_token"',
      0,
    ]);
  });

  it('asks verify, which may take its time, see the request, and give claims', async () => {
    const verify = async (token: string, { method }: { method: string }) =>
      token === 'good' ? { id: 'ann', claims: { method } } : undefined;
    const request = asking('bearer good');
    expect((await through(bearerAuth({ verify }), request)).status).toBe(200);
    expect(callerOf(request)).toEqual({ id: 'ann', claims: { method: 'GET' } });
    expect((await through(bearerAuth({ verify }), asking('bearer bad'))).status).toBe(401);
  });

  it('passes on what verify throws', async () => {
    const verify = () => {
      throw new WeftError('WEFT_UNAVAILABLE', 'no keys');
    };
    await expect(through(bearerAuth({ verify }), asking('Bearer good'))).rejects.toThrow('no keys');
  });

  it('refuses options that would let everybody in, or nobody', () => {
    for (const options of [
      {},
      { tokens: {} },
      { tokens: { a: '' } },
      { tokens: { a: undefined } },
      { tokens: { a: 'never matched' } },
      { verify: 'yes' as unknown as () => undefined },
      { tokens: { a: 'x' }, verify: () => undefined },
      { tokens: { a: 'x' }, realm: 'a"b' },
    ]) {
      expect(() => bearerAuth(options), JSON.stringify(options)).toThrow(
        expect.objectContaining({ code: 'WEFT_CONFIG_INVALID' }),
      );
    }
  });
});
