import assert from 'node:assert/strict';
import { type Handler, type Inbound, type Reply, WeftError } from '@weft/core';
import { bytesOf, failureOf, gate, pass, type TransportCase, until } from './transport-rig.js';

const TEN_MIB = 10 * 1_048_576;

/** A handler that never answers, and what it has seen. */
function silent(): { readonly handler: Handler<Inbound, Reply>; readonly seen: { calls: number; aborts: number } } {
  const seen = { calls: 0, aborts: 0 };
  return {
    seen,
    handler: ({ signal }) => {
      seen.calls++;
      signal.addEventListener('abort', () => void seen.aborts++);
      return new Promise(() => {});
    },
  };
}

const cancelled = () => new WeftError('WEFT_CANCELLED', 'the caller has changed its mind');

/** How a try ends that does not end well. */
export const failureCases: readonly TransportCase[] = [
  {
    name: 'rejects with the very error of an abort that comes at once',
    run: async (withRig) => {
      const { handler, seen } = silent();
      await withRig(handler, async ({ client, attempt }) => {
        const one = attempt();
        const error = cancelled();
        const sent = client.send(one);
        one.abort?.(error);
        assert.equal(await failureOf(sent), error);
        await pass(50);
        assert.equal(seen.calls, 0, 'the server has seen a call that was aborted before it was sent');
      });
    },
  },
  {
    name: 'rejects with the very error of an abort before the headers, and tells the server',
    run: async (withRig) => {
      const { handler, seen } = silent();
      await withRig(handler, async ({ client, attempt }) => {
        const one = attempt();
        const error = cancelled();
        const sent = client.send(one);
        await until(() => seen.calls === 1, 'the call arrives');
        one.abort?.(error);
        assert.equal(await failureOf(sent), error);
        await until(() => seen.aborts === 1, 'the signal of the server fires');
      });
    },
  },
  {
    name: 'fails the reader with the very error of an abort after the headers, and tells the server',
    needs: 'streaming',
    run: async (withRig) => {
      let aborted = false;
      const body = async function* () {
        yield Buffer.from('first');
        await new Promise(() => {});
      };
      const handler: Handler<Inbound, Reply> = async ({ signal }) => {
        signal.addEventListener('abort', () => {
          aborted = true;
        });
        return { status: 200, headers: {}, body: body() };
      };
      await withRig(handler, async ({ client, attempt }) => {
        const one = attempt({ stream: true });
        const error = cancelled();
        const reading = client.send(one).then((reply) => bytesOf(reply.body));
        await until(() => one.abort !== undefined, 'the try is on the wire');
        await pass(50);
        one.abort?.(error);
        assert.equal(await failureOf(reading), error);
        await until(() => aborted, 'the signal of the server fires');
      });
    },
  },
  {
    name: 'takes no abort after the end',
    run: (withRig) =>
      withRig(
        async () => ({ status: 200, headers: {}, body: 'done' }),
        async ({ client, attempt }) => {
          const one = attempt();
          const reply = await client.send(one);
          assert.equal(one.abort, undefined);
          assert.equal((await bytesOf(reply.body)).toString(), 'done');
        },
      ),
  },
  {
    name: 'fails as refused, certainly unsent, where nothing listens',
    run: (withRig) =>
      withRig(
        async () => ({ status: 200, headers: {} }),
        async ({ send, listening }) => {
          await listening.close();
          const error = await failureOf(send({ method: 'POST', body: 'x' }));
          assert.equal(error.code, 'WEFT_UNAVAILABLE');
          assert.equal(error.failure, 'refused');
          assert.equal(error.ambiguous, false);
          assert.equal(error.retryable, true);
        },
      ),
  },
  {
    name: 'fails as reset, and ambiguous, when the server goes while it works on the call',
    run: async (withRig) => {
      const { handler, seen } = silent();
      await withRig(handler, async ({ send, listening }) => {
        const failing = failureOf(send({ method: 'POST', body: 'x' }));
        await until(() => seen.calls === 1, 'the call arrives');
        await listening.close();
        const error = await failing;
        assert.equal(error.code, 'WEFT_UNAVAILABLE');
        assert.equal(error.failure, 'reset');
        assert.equal(error.ambiguous, true);
      });
    },
  },
  {
    name: 'refuses a whole answer beyond 10 MiB and stays usable',
    needs: 'responseLimit',
    run: (withRig) =>
      withRig(
        async ({ path }) => ({ status: 200, headers: {}, body: Buffer.alloc(Number(path.slice(1))) }),
        async ({ send }) => {
          assert.equal((await failureOf(send({ path: `/${TEN_MIB + 1}` }))).code, 'WEFT_RESPONSE_TOO_LARGE');
          assert.equal((await bytesOf((await send({ path: `/${TEN_MIB}` })).body)).byteLength, TEN_MIB);
        },
      ),
  },
  {
    name: 'ends the call of a handler that throws, with 500 or as reset, and serves on',
    run: (withRig) =>
      withRig(
        async ({ path }) => {
          if (path === '/throw') throw new Error('a bug');
          return { status: 200, headers: {} };
        },
        async ({ send }) => {
          const ended = await send({ path: '/throw' }).catch((error: unknown) => error);
          if (ended instanceof WeftError) assert.match(ended.failure ?? '', /^(?:reset|stale)$/);
          else assert.equal((ended as Reply).status, 500);
          assert.equal((await send()).status, 200);
        },
      ),
  },
  {
    name: 'does not mix up answers when others are aborted',
    run: async (withRig) => {
      const go = gate();
      await withRig(
        async ({ path }) => {
          await go.opened;
          return { status: 200, headers: {}, body: path };
        },
        async ({ client, attempt }) => {
          const attempts = Array.from({ length: 40 }, (_, at) => attempt({ path: `/${at}` }));
          const sent = attempts.map((one) => client.send(one).catch((error: unknown) => error));
          for (const [at, one] of attempts.entries()) if (at % 2) one.abort?.(cancelled());
          go.open();
          for (const [at, outcome] of (await Promise.all(sent)).entries()) {
            if (at % 2) assert.ok(outcome instanceof WeftError);
            else assert.equal((await bytesOf((outcome as Reply).body)).toString(), `/${at}`);
          }
        },
      );
    },
  },
];
