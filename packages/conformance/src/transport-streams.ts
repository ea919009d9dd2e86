import assert from 'node:assert/strict';
import type { Reply } from '@weft/core';
import { bytesOf, failureOf, gate, pass, type TransportCase, until } from './transport-rig.js';

const PIECE = Buffer.alloc(65_536, 'weft');
const PIECES_OF_11_MIB = 176;
/** What sockets, on both sides, may hold of a body that nobody reads: far below what an unheld writer makes. */
const HELD_PIECES = 512;

async function* repeat(count: number, told: (made: number) => void = () => {}): AsyncGenerator<Uint8Array> {
  for (let made = 1; made <= count; made++) {
    told(made);
    yield PIECE;
  }
}

function pieces(reply: Reply): AsyncIterator<Uint8Array> {
  assert.ok(typeof reply.body === 'object' && Symbol.asyncIterator in reply.body, 'expected a body in pieces');
  return reply.body[Symbol.asyncIterator]();
}

/** How bodies cross the wire that are not there all at once. */
export const streamCases: readonly TransportCase[] = [
  {
    name: 'carries a request body in order, piece by piece',
    needs: 'streaming',
    run: (withRig) =>
      withRig(
        async ({ body }) => ({ status: 200, headers: {}, body: await bytesOf(body) }),
        async ({ send }) => {
          const parts = Array.from({ length: 50 }, (_, at) => Buffer.from(`piece ${at};`));
          const body = (async function* () {
            yield* parts;
          })();
          const reply = await send({ method: 'POST', body });
          assert.equal((await bytesOf(reply.body)).toString(), Buffer.concat(parts).toString());
        },
      ),
  },
  {
    name: 'gives an answer in pieces while the rest is still being made',
    needs: 'streaming',
    run: async (withRig) => {
      const rest = gate();
      const body = async function* () {
        yield Buffer.from('first');
        await rest.opened;
        yield Buffer.from('second');
      };
      await withRig(
        async () => ({ status: 200, headers: {}, body: body() }),
        async ({ send }) => {
          const reader = pieces(await send({ stream: true }));
          assert.equal(Buffer.from((await reader.next()).value ?? '').toString(), 'first');
          rest.open();
          assert.equal(Buffer.from((await reader.next()).value ?? '').toString(), 'second');
          assert.equal((await reader.next()).done, true);
        },
      );
    },
  },
  {
    name: 'joins an answer made in pieces when no stream was asked for',
    needs: 'streaming',
    run: (withRig) =>
      withRig(
        async () => ({ status: 200, headers: {}, body: repeat(3) }),
        async ({ send }) => assert.equal((await bytesOf((await send()).body)).byteLength, 3 * PIECE.byteLength),
      ),
  },
  {
    name: 'gives a whole answer in pieces when a stream was asked for, of any size',
    needs: 'streaming',
    run: (withRig) =>
      withRig(
        async ({ path }) => ({ status: 200, headers: {}, body: path === '/whole' ? 'whole' : repeat(PIECES_OF_11_MIB) }),
        async ({ send }) => {
          const whole = pieces(await send({ path: '/whole', stream: true }));
          assert.equal(Buffer.from((await whole.next()).value ?? '').toString(), 'whole');
          assert.equal((await whole.next()).done, true);
          let bytes = 0;
          const large = pieces(await send({ path: '/large', stream: true }));
          for (let step = await large.next(); !step.done; step = await large.next()) bytes += step.value.byteLength;
          assert.equal(bytes, PIECES_OF_11_MIB * PIECE.byteLength);
        },
      ),
  },
  {
    name: 'holds the writer back while the reader does not read, and ends it when the reader leaves',
    needs: 'streaming',
    run: async (withRig) => {
      let made = 0;
      let aborted = false;
      await withRig(
        async ({ signal }) => {
          signal.addEventListener('abort', () => {
            aborted = true;
          });
          const told = (count: number) => {
            made = count;
          };
          return { status: 200, headers: {}, body: repeat(Number.POSITIVE_INFINITY, told) };
        },
        async ({ send }) => {
          const reader = pieces(await send({ stream: true }));
          await reader.next();
          let before = -1;
          while (made !== before) {
            before = made;
            await pass(100);
            assert.ok(made < HELD_PIECES, `${made} pieces were made although one was read`);
          }
          await reader.return?.();
          await until(() => aborted, 'the signal of the server fires after the reader has left');
        },
      );
    },
  },
  {
    name: 'fails the reader when the writer fails in the middle',
    needs: 'streaming',
    run: async (withRig) => {
      const body = async function* () {
        yield PIECE;
        throw new Error('the disk is gone');
      };
      await withRig(
        async () => ({ status: 200, headers: {}, body: body() }),
        async ({ send }) => {
          const error = await failureOf(send({ stream: true }).then((reply) => bytesOf(reply.body)));
          assert.equal(error.failure, 'reset');
          assert.equal(error.ambiguous, true);
        },
      );
    },
  },
];
