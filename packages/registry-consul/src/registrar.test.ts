import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type VirtualClock, virtualClock } from '@weft/conformance';
import type { RegistryDriver } from '@weft/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { record, signal } from '../test/records.js';
import { openConsulRegistry } from './index.js';

const self = record();
const MINUTE_MS = 60_000;
const LOOKS = ['checks', 'orders'];
const UNKNOWN_LEASE = 'Unknown check ID "weft-lease". Ensure that the check ID is passed, not the check name.';

let agent: Server;
let asked: string[];
/** Whether the agent knows the lease. */
let isKnown: boolean;
/** What stands at the agent under our id. */
let checks: object;
/** Answers are given when they are all let go; undefined: at once. */
let kept: (() => void)[] | undefined;
let clock: VirtualClock;
let driver: RegistryDriver;

beforeEach(async () => {
  [asked, isKnown, checks, kept] = [[], true, {}, undefined];
  agent = createServer((request, response) => {
    const parts = new URL(request.url ?? '', 'http://agent').pathname.split('/');
    const kind = ['pass', 'register', 'checks'].find((part) => parts.includes(part)) ?? parts.at(-1) ?? '';
    asked.push(kind);
    const body = kind === 'checks' ? checks : kind === 'orders' ? [] : '';
    const isRefused = kind === 'pass' && !isKnown;
    const answer = () => {
      response.writeHead(isRefused ? 404 : 200, { 'content-type': body === '' ? 'text/plain' : 'application/json' });
      response.end(isRefused ? UNKNOWN_LEASE : body === '' ? '' : JSON.stringify(body));
    };
    if (kept) kept.push(answer);
    else answer();
  });
  await once(agent.listen(0, '127.0.0.1'), 'listening');
  clock = virtualClock();
  driver = await openConsulRegistry({ address: `127.0.0.1:${(agent.address() as AddressInfo).port}` }, { clock });
  await put();
  asked = [];
});

afterEach(async () => {
  await driver.close();
  agent.close();
  agent.closeAllConnections();
});

describe('Registrar', () => {
  it('asserts what it holds by one request', async () => {
    await put();
    expect(asked).toEqual(['pass']);
  });

  it('looks for a newer claimant once a minute, side by side with the beat', async () => {
    await clock.advance(MINUTE_MS);
    kept = [];
    const beat = put();
    await vi.waitFor(() => expect(kept).toHaveLength(3), { timeout: 10_000 });
    expect(asked.toSorted()).toEqual([...LOOKS, 'pass']);
    for (const answer of kept) answer();
    await beat;
    kept = undefined;
    await put();
    expect(asked).toHaveLength(4);
  });

  it('looks again when the agent no longer knows the lease: whoever took the id may have come after the look', async () => {
    await clock.advance(MINUTE_MS);
    isKnown = false;
    kept = [];
    const beat = put().catch((error: unknown) => error);
    await vi.waitFor(() => expect(kept).toHaveLength(3), { timeout: 10_000 });
    const lease = { CheckID: 'weft-lease:orders-1:0mzzzzzzz-1', Status: 'passing', Notes: '0mzzzzzzz-1', ServiceID: self.id };
    checks = { [lease.CheckID]: lease };
    const answers = kept;
    kept = undefined;
    for (const answer of answers) answer();
    expect(await beat).toMatchObject({ code: 'WEFT_CONFLICT' });
    expect(asked.slice(3).toSorted()).toEqual(LOOKS);
  });
});

function put() {
  return driver.put(self, { ttlMs: 30_000, signal });
}
