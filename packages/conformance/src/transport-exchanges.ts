import assert from 'node:assert/strict';
import type { Inbound, Reply } from '@weft/core';
import { bytesOf, type TransportCase } from './transport-rig.js';

const MEBIBYTE = 1_048_576;
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, value) => value);

/** What the server's side saw, as JSON. */
async function echo({ method, path, headers, body }: Inbound): Promise<Reply> {
  const seen = { method, path, headers, body: (await bytesOf(body)).toString('base64') };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(seen) };
}

async function mirror({ body }: Inbound): Promise<Reply> {
  return { status: 200, headers: {}, body: await bytesOf(body) };
}

async function seenBy(reply: Reply): Promise<{ method: string; path: string; headers: Record<string, string>; body: string }> {
  return JSON.parse((await bytesOf(reply.body)).toString());
}

/** How a request and its answer cross the wire. */
export const exchangeCases: readonly TransportCase[] = [
  {
    name: 'carries method, path, query and headers to the server as they are',
    run: (withRig) =>
      withRig(echo, async ({ send }) => {
        for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
          const reply = await send({ method, path: '/a%20b/c?d=1&e=%2F', headers: ['x-one', '1', 'x-two', 'zwei; q="2"'] });
          const seen = await seenBy(reply);
          assert.equal(seen.method, method);
          assert.equal(seen.path, '/a%20b/c?d=1&e=%2F');
          assert.equal(seen.headers['x-one'], '1');
          assert.equal(seen.headers['x-two'], 'zwei; q="2"');
          assert.equal(seen.body, '');
        }
      }),
  },
  {
    name: 'carries the bytes of a text and of a byte body',
    run: (withRig) =>
      withRig(echo, async ({ send }) => {
        const text = await seenBy(await send({ method: 'POST', body: 'grüße 🌱' }));
        assert.equal(Buffer.from(text.body, 'base64').toString(), 'grüße 🌱');
        const bytes = await seenBy(await send({ method: 'POST', body: ALL_BYTES }));
        assert.deepEqual(Buffer.from(bytes.body, 'base64'), Buffer.from(ALL_BYTES));
      }),
  },
  {
    name: 'carries the bytes of an answer, also of 5 MiB, back as one piece',
    run: (withRig) =>
      withRig(mirror, async ({ send }) => {
        for (const body of [ALL_BYTES, Buffer.alloc(5 * MEBIBYTE, 'weft')]) {
          const reply = await send({ method: 'POST', body });
          assert.ok(reply.body instanceof Uint8Array || typeof reply.body === 'string');
          assert.ok(Buffer.from(body).equals(await bytesOf(reply.body)));
        }
      }),
  },
  {
    name: 'hands bodies over as copies: what the sender does to its bytes later changes nothing',
    run: (withRig) => {
      const kept = Buffer.from('answer');
      return withRig(
        async () => ({ status: 200, headers: {}, body: kept }),
        async ({ send }) => {
          const reply = await send();
          kept.fill(0);
          assert.equal((await bytesOf(reply.body)).toString(), 'answer');
        },
      );
    },
  },
  {
    name: 'gives every status as an answer, follows no redirect, and names headers in lower case',
    run: (withRig) =>
      withRig(
        async ({ path }) => ({ status: Number(path.slice(1)), headers: { location: '/200', 'X-Kind': 'plain' }, body: 'here' }),
        async ({ send }) => {
          for (const status of [200, 201, 302, 307, 400, 404, 418, 429, 500, 503]) {
            const reply = await send({ path: `/${status}` });
            assert.equal(reply.status, status);
            assert.equal(reply.headers['x-kind'], 'plain');
            assert.equal((await bytesOf(reply.body)).toString(), 'here');
          }
        },
      ),
  },
  {
    name: 'gives no body with 204, 304 and to HEAD',
    run: (withRig) =>
      withRig(
        async ({ path, method }) => ({
          status: Number(path.slice(1)),
          headers: {},
          ...(method === 'HEAD' ? { body: 'hidden' } : {}),
        }),
        async ({ send }) => {
          for (const part of [{ path: '/204' }, { path: '/304' }, { path: '/200', method: 'HEAD' }]) {
            for (const stream of [false, true]) {
              const reply = await send({ ...part, stream });
              assert.equal(reply.status, Number(part.path.slice(1)));
              assert.equal((await bytesOf(reply.body)).byteLength, 0);
            }
          }
        },
      ),
  },
  {
    name: 'keeps repeated set-cookie headers apart',
    run: (withRig) =>
      withRig(
        async () => ({ status: 200, headers: { 'set-cookie': ['a=1', 'b=2'] } }),
        async ({ send }) => assert.deepEqual((await send()).headers['set-cookie'], ['a=1', 'b=2']),
      ),
  },
  {
    name: 'keeps 100 concurrent calls apart',
    run: (withRig) =>
      withRig(mirror, async ({ send }) => {
        const bodies = Array.from({ length: 100 }, (_, at) => `${at}`.repeat(1 + at * 37));
        const replies = await Promise.all(bodies.map((body) => send({ method: 'POST', body })));
        for (const [at, reply] of replies.entries()) assert.equal((await bytesOf(reply.body)).toString(), bodies[at]);
      }),
  },
];
