import type { ConfigEvent } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { ScriptedAgent, type ScriptedAnswer } from '../test/scripted-agent.js';
import type { ConsulBackend } from './consul-backend.js';
import { followPrefix, listPrefix } from './follow-prefix.js';
import { openConsul } from './open-consul.js';

const { signal } = new AbortController();
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const value = (text: string, index: number): ScriptedAnswer => ({
  headers: { 'x-consul-index': String(index) },
  body: [{ Key: 'config/a', Value: Buffer.from(text).toString('base64'), ModifyIndex: index }],
});
const nothing = (index: number): ScriptedAnswer => ({ status: 404, headers: { 'x-consul-index': String(index) }, body: '' });
const denied: ScriptedAnswer = { status: 403, body: 'Permission denied' };

/** A backend whose lists are answered one after the other, and whose look for rights as `right` says. */
async function scripted(lists: readonly ScriptedAnswer[], right: () => ScriptedAnswer): Promise<ConsulBackend> {
  const agent = await new ScriptedAgent(({ path, nth }) => {
    if (path === '/v1/kv/config') return lists[nth];
    return path === '/v1/kv/config%2F' ? right() : {};
  }).listen();
  const backend = await openConsul({ address: agent.address, timeout: 1_000 });
  closing.push(
    () => backend.close(),
    () => agent.close(),
  );
  return backend;
}

async function told(backend: ConsulBackend, count: number): Promise<readonly ConfigEvent[]> {
  const events: ConfigEvent[] = [];
  for await (const event of followPrefix(backend, 'config', { signal })) {
    events.push(event);
    if (events.length === count) break;
  }
  return events;
}

const entry = (text: string, index: number) => ({ key: 'config/a', text, revision: String(index) });

describe('followPrefix', () => {
  it('tells a list, then what changed', async () => {
    const backend = await scripted([value('1', 5), value('2', 6), nothing(7), nothing(7)], () => nothing(7));
    expect(await told(backend, 3)).toEqual([{ list: [entry('1', 5)] }, { put: entry('2', 6) }, { removed: 'config/a' }]);
  });

  it('fails when there is nothing because the token may not read it', async () => {
    const backend = await scripted([value('1', 5), nothing(6)], () => denied);
    await expect(told(backend, 2)).rejects.toMatchObject({ code: 'WEFT_PERMISSION_DENIED' });
  });

  it('does not believe that all has gone when the right to read came back only after that answer', async () => {
    const backend = await scripted([value('1', 5), nothing(6), value('2', 6)], () => nothing(6));
    expect(await told(backend, 2)).toEqual([{ list: [entry('1', 5)] }, { put: entry('2', 6) }]);
  });
});

describe('listPrefix', () => {
  it('does not believe that there is nothing when the right to read came only after that answer', async () => {
    const backend = await scripted([nothing(5), value('1', 5)], () => nothing(5));
    expect(await listPrefix(backend, 'config', { signal })).toEqual([entry('1', 5)]);
  });

  it('believes an answer that was asked for anew, and checks it no more for a while', async () => {
    let looks = 0;
    const backend = await scripted(
      Array.from({ length: 4 }, () => nothing(5)),
      () => {
        looks++;
        return nothing(5);
      },
    );
    for (let time = 0; time < 3; time++) expect(await listPrefix(backend, 'config', { signal })).toEqual([]);
    expect(looks).toBe(1);
  });
});
