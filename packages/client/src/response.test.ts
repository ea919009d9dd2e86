import { instanceRecord } from '@weft/conformance';
import type { StandardSchemaV1 } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { Response } from './response.js';

const origin = { instance: instanceRecord('users-1'), attempts: [] };
const answer = (body: string | undefined, type?: string) =>
  new Response({ status: 200, headers: type ? { 'content-type': type } : {}, body }, origin);
const hasId: StandardSchemaV1<unknown, { id: string }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof (value as { id?: unknown }).id === 'string'
        ? { value: value as { id: string } }
        : { issues: [{ path: ['id'], message: 'expected text' }] },
  },
};

describe('Response', () => {
  it('gives JSON parsed, text as text, other bodies as bytes, and no body as undefined', () => {
    expect(answer('{"a":1}', 'application/json; charset=utf-8').data).toEqual({ a: 1 });
    expect(answer('{"a":1}', 'application/problem+json').data).toEqual({ a: 1 });
    expect(answer('hi', 'text/plain').data).toBe('hi');
    expect(answer('hi', 'image/png').data).toEqual(Buffer.from('hi'));
    expect(answer(undefined, 'application/json').data).toBeUndefined();
  });

  it('has the body as text, bytes and size whatever its type, and in pieces', async () => {
    const reply = answer('grüß');
    expect([reply.text(), reply.size, reply.raw.byteLength]).toEqual(['grüß', 6, 6]);
    const pieces: Uint8Array[] = [];
    for await (const piece of reply.body) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe('grüß');
  });

  it('says so when JSON was promised and is none', () => {
    expect(() => answer('{', 'application/json').data).toThrow(/not valid JSON/);
  });

  it('checks and types JSON by a schema, naming the fields that do not fit', () => {
    expect(answer('{"id":"7"}').json(hasId)).toEqual({ id: '7' });
    expect(() => answer('{"id":7}').json(hasId)).toThrow(/id: expected text/);
  });
});
