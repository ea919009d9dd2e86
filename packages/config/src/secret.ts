import type { StandardSchemaV1 } from '@weft/core';

const mark = Symbol.for('weft.config.secret');

type MarkedSchema = StandardSchemaV1 & { readonly [mark]?: readonly string[] };

/**
 * `schema`, marked as one of a secret: what is read with it is shown as `[redacted]` by `ConfigClient.redacted` and by
 * reasons of refusal. With `fields` only these of its fields are secret, named as `password` or `pool.*.token`.
 */
export function secret<Output>(
  schema: StandardSchemaV1<unknown, Output>,
  fields?: readonly string[],
): StandardSchemaV1<unknown, Output> {
  const marked = { '~standard': schema['~standard'], [mark]: fields ?? [''] };
  return marked;
}

/** The fields that a schema is marked to be secret in, `''` being the whole; undefined when it is not marked. */
export function secretFieldsOf(schema: StandardSchemaV1): readonly string[] | undefined {
  return (schema as MarkedSchema)[mark];
}
