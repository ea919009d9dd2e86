import assert from 'node:assert/strict';
import type { Handler, Inbound, Reply } from '@weft/core';
import { bytesOf, failureOf, gate, pass, type TransportCase, until } from './transport-rig.js';

/** A handler that answers when it is let go. */
function held(): { readonly handler: Handler<Inbound, Reply>; readonly seen: { calls: number }; release(): void } {
  const go = gate();
  const seen = { calls: 0 };
  return {
    seen,
    release: go.open,
    handler: async () => {
      seen.calls++;
      await go.opened;
      return { status: 200, headers: {}, body: 'in time' };
    },
  };
}

function resources(): string {
  const counted = process.getActiveResourcesInfo().filter((name) => name !== 'Immediate' && name !== 'Timeout');
  return JSON.stringify(counted.sort());
}

/** How both sides end. */
export const endingCases: readonly TransportCase[] = [
  {
    name: 'drains: the call in flight finishes, a new one is refused unsent',
    run: async (withRig) => {
      const { handler, seen, release } = held();
      await withRig(handler, async ({ send, listening }) => {
        const inFlight = send();
        await until(() => seen.calls === 1, 'the call arrives');
        let drained = false;
        const draining = listening.drain(10_000).then(() => {
          drained = true;
        });
        await pass(20);
        assert.equal((await failureOf(send({ method: 'POST', body: 'late' }))).ambiguous, false);
        assert.equal(drained, false, 'drain() resolved while a call was in flight');
        release();
        assert.equal((await bytesOf((await inFlight).body)).toString(), 'in time');
        await draining;
      });
    },
  },
  {
    name: 'ends a drain after its grace',
    run: async (withRig) => {
      const { handler, seen, release } = held();
      await withRig(handler, async ({ send, listening }) => {
        const inFlight = send().catch((error: unknown) => error);
        await until(() => seen.calls === 1, 'the call arrives');
        await listening.drain(50);
        release();
        await listening.close();
        await inFlight;
      });
    },
  },
  {
    name: 'closes the client after its calls in flight, and takes no more',
    run: async (withRig) => {
      const { handler, seen, release } = held();
      await withRig(handler, async ({ send, client }) => {
        const inFlight = send();
        await until(() => seen.calls === 1, 'the call arrives');
        const closing = client.close();
        assert.equal((await failureOf(send())).code, 'WEFT_CLOSED');
        release();
        assert.equal((await bytesOf((await inFlight).body)).toString(), 'in time');
        await closing;
      });
    },
  },
  {
    name: 'can be closed twice on either side',
    run: (withRig) =>
      withRig(
        async () => ({ status: 200, headers: {} }),
        async ({ send, client, listening }) => {
          assert.equal((await send()).status, 200);
          await Promise.all([client.close(), listening.close()]);
          await Promise.all([client.close(), listening.close()]);
          assert.equal((await failureOf(send())).code, 'WEFT_CLOSED');
        },
      ),
  },
  {
    name: 'lets calls in flight finish to an instance that is released, and reaches it again',
    run: async (withRig) => {
      const { handler, seen, release } = held();
      await withRig(handler, async ({ send, client, attempt }) => {
        const inFlight = send();
        await until(() => seen.calls === 1, 'the call arrives');
        client.release?.(attempt().instance);
        release();
        assert.equal((await inFlight).status, 200);
        assert.equal((await send()).status, 200);
      });
    },
  },
  {
    name: 'leaves no handle behind after 10 rounds of opening and closing',
    run: async (withRig) => {
      const round = () =>
        withRig(
          async () => ({ status: 200, headers: {} }),
          async ({ send }) => {
            await Promise.all(Array.from({ length: 5 }, () => send()));
          },
        );
      await round();
      await pass(50);
      const before = resources();
      for (let count = 0; count < 10; count++) await round();
      await until(() => resources() === before, `handles are back to ${before}`);
    },
  },
];
