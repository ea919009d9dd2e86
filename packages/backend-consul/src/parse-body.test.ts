import type { WeftError } from '@weft/core';
import { afterEach, describe, expect, it } from 'vitest';
import { ScriptedAgent, type ScriptedAnswer } from '../test/scripted-agent.js';
import type { ConsulBackend } from './consul-backend.js';
import { openConsul } from './open-consul.js';

const read = { what: 'reading', path: ['kv', 'a'], signal: new AbortController().signal };
/** More than is parsed in one go; a piece of it on the wire ends within a letter. */
const long = Array.from({ length: 40_000 }, (_, n) => `${n}€😀`);
const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A backend whose agent answers `read` with one after the other. */
async function answering(...answers: readonly ScriptedAnswer[]): Promise<ConsulBackend> {
  const agent = await new ScriptedAgent(({ path, nth }) => (path === '/v1/kv/a' ? answers[nth] : {})).listen();
  const backend = await openConsul({ address: agent.address });
  closing.push(
    () => backend.close(),
    () => agent.close(),
  );
  return backend;
}

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it works'),
    (error: WeftError) => error,
  );

describe('the body of an answer', () => {
  it('is what was parsed, of a status that is accepted too, or a text, or bytes, or nothing', async () => {
    const backend = await answering(
      { status: 404, body: { a: ['b'] } },
      { body: 'said' },
      { headers: { 'content-type': 'application/octet-stream' }, body: 'raw' },
      { headers: { 'content-type': 'application/json' }, body: '' },
    );
    const bodies: unknown[] = [];
    for (let nth = 0; nth < 4; nth++) bodies.push((await backend.request({ ...read, accept: [404] })).body);
    expect(bodies).toEqual([{ a: ['b'] }, 'said', Buffer.from('raw'), undefined]);
  });

  it('is told as it came when it is that of a refusal', async () => {
    const backend = await answering(
      { status: 500, body: { Errors: ['no leader'] } },
      { status: 403, headers: { 'content-type': 'application/json' }, body: 'Permission denied' },
    );
    expect((await failure(backend.request(read))).message).toContain('answered 500 "{"Errors":["no leader"]}"');
    expect(await failure(backend.request(read))).toMatchObject({ code: 'WEFT_PERMISSION_DENIED' });
  });

  it('has what was made of each element of a list, however long, and whatever its letters', async () => {
    const each = (element: unknown) => ({ element });
    const backend = await answering({ body: long }, { body: ['€'] }, { body: [] });
    for (const list of [long, ['€'], []]) expect((await backend.request({ ...read, each })).body).toEqual(list.map(each));
  });

  it.each<[string, string, string]>([
    ['is no JSON', 'not json', ''],
    ['is a long list that is cut off', JSON.stringify(long).slice(0, -1), ''],
    ['has an element of which no sense can be made', '[1]', 'of an odd form'],
  ])('is no failure of the wire when it %s', async (_, body, told) => {
    const backend = await answering({ headers: { 'content-type': 'application/json' }, body });
    const each = () => {
      throw new Error('of an odd form');
    };
    const error = await failure(backend.request(told === '' ? read : { ...read, each }));
    expect([error.code, error.failure]).toEqual(['WEFT_REGISTRY_UNAVAILABLE', undefined]);
    expect(error.message).toContain(`makes no sense: ${told}`);
  });

  it('is parsed no further once the request is aborted', async () => {
    const backend = await answering({ body: long });
    const control = new AbortController();
    let elements = 0;
    const each = () => {
      if (elements++ === 0) control.abort();
    };
    expect(await failure(backend.request({ ...read, each, signal: control.signal }))).toMatchObject({ code: 'WEFT_CANCELLED' });
    expect(elements).toBeLessThan(long.length);
  });
});
