import assert from 'node:assert/strict';
import type { StoredAnswer } from '@weft/core';
import { answerOf, type IdempotencyCase } from './idempotency-bench.js';

/** Two clocks that measure the same time, in ms. */
const CLOCKS_MS = 2;
const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const ANSWERS: readonly StoredAnswer[] = [
  { status: 204, headers: {}, body: new Uint8Array() },
  {
    status: 200,
    headers: { 'content-type': 'application/octet-stream', etag: '"a\\"b"', 'x-odd': ' é 🦊\t{}' },
    body: EVERY_BYTE,
  },
  { status: 500, headers: { 'retry-after': '1' }, body: Buffer.from('ünïcode 🦊\r\n\0') },
  { status: 200, headers: {}, body: new Uint8Array(1_048_576).fill(0xff) },
];

/** What has been done is told to everybody, as it was, for as long as it was to be kept. */
export const answerCases: readonly IdempotencyCase[] = [
  {
    name: 'gives an answer back to everybody, byte by byte, with the fingerprint of its request',
    async run(bench) {
      const [owner, other] = await bench.openMany(2);
      assert.ok(other);
      for (const [at, answer] of ANSWERS.entries()) {
        const key = bench.key(String(at));
        assert.equal(await bench.complete(owner, key, await bench.claimed(owner, key), answer), true);
        for (const store of [owner, other]) {
          const claim = await bench.claim(store, key, 1_000, 'another request');
          assert.ok(claim.state === 'done');
          assert.equal(claim.fingerprint, 'POST /orders');
          assert.deepEqual(
            { status: claim.answer.status, headers: claim.answer.headers },
            { status: answer.status, headers: answer.headers },
          );
          assert.ok(Buffer.from(answer.body).equals(claim.answer.body), `the body of answer ${at} is another`);
        }
      }
    },
  },
  {
    name: 'keeps what is part of a larger buffer, and nothing of the rest',
    async run(bench) {
      const store = await bench.open();
      const key = bench.key();
      const body = Buffer.from('secret: answer').subarray(8);
      await bench.complete(store, key, await bench.claimed(store, key), { ...answerOf(''), body });
      assert.equal(await bench.stateOf(store, key), 'answer');
    },
  },
  {
    name: 'keeps the first answer, whatever its owner does after that',
    async run(bench) {
      const store = await bench.open();
      const key = bench.key();
      const token = await bench.claimed(store, key, 400);
      assert.equal(await bench.complete(store, key, token, 'first'), true);
      assert.equal(await bench.complete(store, key, token, 'second'), false);
      assert.equal(await bench.renew(store, key, token, 50), false);
      await bench.release(store, key, token);
      await bench.pass(500);
      assert.equal(await bench.stateOf(store, key), 'first');
    },
  },
  {
    name: 'keeps no answer under a token that it never gave',
    async run(bench) {
      const store = await bench.open();
      const key = bench.key();
      for (const token of ['', 'made up', '0']) {
        assert.equal(await bench.complete(store, key, token, 'forged'), false);
        assert.equal(await bench.renew(store, key, token), false);
      }
      assert.equal(await bench.stateOf(store, key), 'claimed');
      assert.equal(await bench.complete(store, key, 'made up', 'forged'), false);
      assert.equal(await bench.stateOf(store, key), 'running');
    },
  },
  {
    name: 'forgets an answer after its time, and not before',
    async run(bench) {
      const store = await bench.open();
      const key = bench.key();
      const token = await bench.claimed(store, key);
      const fromAt = bench.now();
      await bench.complete(store, key, token, 'short', 400);
      const { at } = await bench.claimedLater(store, key, 400);
      assert.ok(at - fromAt >= 400 - CLOCKS_MS, `forgotten after ${at - fromAt} ms`);
    },
  },
];
