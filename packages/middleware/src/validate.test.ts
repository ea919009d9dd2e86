import type { SchemaIssue, StandardSchemaV1 } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { validate } from './index.js';
import { jsonReply, SampleRequest, through } from './sample-request.fixture.js';

function schema<Output>(
  check: (value: unknown) => { value: Output } | { issues: SchemaIssue[] },
  isSlow = false,
): StandardSchemaV1<unknown, Output> {
  return {
    '~standard': { version: 1, vendor: 'test', validate: (value) => (isSlow ? Promise.resolve(check(value)) : check(value)) },
  };
}

interface NewOrder {
  readonly items: readonly { readonly price: number }[];
}

const newOrder = schema<NewOrder>((value) => {
  const { items = [] } = (value ?? {}) as Partial<NewOrder>;
  const issues = items.flatMap(({ price }, at) =>
    typeof price === 'number' ? [] : [{ message: 'expected a number', path: ['items', at, 'price'] }],
  );
  return issues.length > 0 ? { issues } : { value: { items } };
}, true);
const numbers = schema((value) => ({ value: { limit: Number((value as { limit: string }).limit) } }));
const never = schema<never>(() => ({ issues: [{ message: 'not this' }, { message: 'expected a key', path: [{ key: 0 }] }] }));

describe('validate', () => {
  it('lets a valid request through, with what the schemas make of its parts, in the types of the schemas', async () => {
    const addHandler = (handler: (request: SampleRequest) => unknown) => handler;
    const handler = addHandler(
      validate({ body: newOrder, query: numbers })(({ body, query, params, method }) => [
        body.items.map(({ price }) => price.toFixed(1)),
        query.limit + 1,
        params,
        method,
      ]),
    );
    expect(await handler(new SampleRequest({ body: { items: [{ price: 3 }] } }))).toEqual([['3.0'], 6, { id: '7' }, 'GET']);
  });

  it('answers 400 with the path of every field that is wrong, and calls nobody', async () => {
    let calls = 0;
    const checked = validate({ body: newOrder, params: never });
    const request = new SampleRequest({ body: { items: [{ price: 1 }, { price: '2' }] } });
    const answering = through(checked, request, async () => {
      calls++;
      return jsonReply({});
    });
    await expect(answering).rejects.toMatchObject({
      code: 400,
      message: 'The request is not valid',
      details: [
        { path: 'params', message: 'not this' },
        { path: 'params[0]', message: 'expected a key' },
        { path: 'body.items[1].price', message: 'expected a number' },
      ],
    });
    expect(calls).toBe(0);
  });

  it('leaves the parts alone that have no schema', async () => {
    const request = new SampleRequest({ body: 'as it is' });
    await through(validate({ query: numbers }), request);
    expect([request.body, request.params, request.query]).toEqual(['as it is', { id: '7' }, { limit: 5 }]);
  });

  it.each<[object, string]>([
    [{}, 'validate: expected a schema of body, query or params'],
    [{ bdy: numbers }, 'validate.bdy: unknown. Known: params, query, body. Did you mean "body"?'],
    [{ body: {} }, 'validate.body: expected a schema of a library that speaks Standard Schema'],
    [{ body: null }, 'validate.body: expected a schema'],
  ])('refuses %j, which would let everything through, or nothing', (schemas, message) => {
    expect(() => validate(schemas)).toThrow(expect.objectContaining({ code: 'WEFT_CONFIG_INVALID' }));
    expect(() => validate(schemas)).toThrow(message);
  });
});
