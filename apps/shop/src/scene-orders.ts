import { createClient } from '@weft/host';
import type { Backend } from './backend.js';
import { OrderLoad, type OrderOutcome } from './order-load.js';
import { type LedgerCounts, readLedger } from './read-ledger.js';
import type { Scene, Stage } from './scene.js';
import { rest } from './scene.js';

const CUSTOMERS = 20;
const VICTIM = 'orders-1';
const BEFORE_MS = 1_000;
/** More than the lease of the dead process's keys, 1 s: until then nobody else may take its orders up. */
const AFTER_MS = 1_500;

/** (k) An instance of orders is killed while orders are placed: POST, which nobody may simply repeat. */
export function orders({ ledger = '', keys }: Backend): Scene {
  const isShared = keys !== undefined;
  return {
    name: isShared
      ? 'kill -9 of an orders instance: no order fails, none is placed twice'
      : 'kill -9 of an orders instance: no order is placed twice, and who cannot know is told so',
    // Nobody else knows what the dead instance has done: orders of the traffic end uncertain, too.
    breaksAnswers: !isShared,
    async play(stage) {
      const { fleet, traffic, say } = stage;
      const before = traffic.count;
      const { hit, outcome } = await killUnderLoad(stage);
      await fleet.start('orders', VICTIM);
      const { placed, uncertain, failures } = outcome;
      const { doubled, repeated, lost, done } = compare(outcome, await readLedger(ledger));
      for (const failure of failures.slice(0, 5)) say(`failed: ${failure}`);
      say(`${placed.length} orders were answered, ${uncertain.length} ended uncertain, ${failures.length} failed`);
      if (isShared) say(`${repeated} had been placed and not answered: begun again elsewhere, and found under their key`);
      else say(`of the uncertain ones ${done} had been placed: the error says "ambiguous", for nobody may just try again`);
      const failedReads = traffic.count.failedReads - before.failedReads;
      const isRight = doubled === 0 && lost === 0 && failures.length === 0 && failedReads === 0 && hit > 0;
      const certainty = isShared ? `${repeated} begun again` : `${uncertain.length} uncertain (${done} of them placed)`;
      return {
        ok: isRight && (isShared ? uncertain.length === 0 : repeated === 0),
        detail: `${placed.length} orders placed, ${failures.length} failed, ${doubled} placed twice, ${certainty}; ${hit} were under way at the kill`,
      };
    },
  };
}

async function killUnderLoad({ registry, fleet, say }: Stage) {
  const client = await createClient({ serviceName: 'orders', registry, timeout: '10s' });
  const load = new OrderLoad(client, CUSTOMERS);
  try {
    await rest(BEFORE_MS);
    const hit = load.underWay;
    const killed = fleet.kill(VICTIM);
    say(`kill -9 ${VICTIM}; ${hit} orders are under way to the two instances`);
    await Promise.all([killed, rest(AFTER_MS)]);
    return { hit, outcome: await load.stop() };
  } finally {
    await load.stop();
    await client.close();
  }
}

/** An order has a number of the customer's; each time that a handler entered it counts, whatever key it came with. */
function compare({ placed, uncertain }: OrderOutcome, { entered, asked }: LedgerCounts) {
  return {
    /** Effects that happened more than once. */
    doubled: moreThanOnce(entered),
    /** Handlers that came to the ledger again for the same order. */
    repeated: moreThanOnce(asked),
    /** Answered as placed, and not there. */
    lost: placed.filter((number) => !entered.has(number)).length,
    /** Uncertain, and there. */
    done: uncertain.filter((number) => entered.has(number)).length,
  };
}

function moreThanOnce(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].filter((times) => times > 1).length;
}
