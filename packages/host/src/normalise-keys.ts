import type { Problem } from '@weft/core';
import { z } from 'zod';
import { joinPath } from './problems.js';
import type { BlockMeta, Schema } from './schema-parts.js';

/** Data with the keys of its schema, and what was wrong with its keys. */
export interface NormalisedKeys {
  /** A copy with the keys of the schema. */
  readonly data: unknown;
  /** Keys that are not allowed, or there twice. */
  readonly problems: readonly Problem[];
}

/** Keys that reach the prototype of objects; no config has a use for them. */
const POISON: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Rewrites snake_case keys and aliases to the schema's own keys by walking the schema, so that the keys of free maps
 * (metadata, weights, a driver's options) stay as they are. Undefined values are left out.
 * @param fromEnv paths of texts that came from the environment: they become numbers and booleans where the schema wants such
 */
export function normaliseKeys(
  schema: Schema,
  data: unknown,
  fromEnv: ReadonlySet<string> = new Set(),
  path = '',
): NormalisedKeys {
  const problems: Problem[] = [];
  return { data: walk(schema, data, path, { fromEnv, problems }), problems };
}

/** `retryDelay` for `retry_delay`; other keys as they are. */
export function camelCase(key: string): string {
  return key.replace(/(?<=[^_])_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Whether it is an object literal, not an instance of something. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

interface Walk {
  readonly fromEnv: ReadonlySet<string>;
  readonly problems: Problem[];
}

function walk(schema: Schema | undefined, value: unknown, path: string, state: Walk): unknown {
  const choices = schema ? choicesOf(schema) : [];
  if (Array.isArray(value)) {
    const list = choices.find((choice) => choice instanceof z.ZodArray);
    return value.map((item, at) => walk(list?.element, item, joinPath(path, at), state));
  }
  if (isPlainObject(value) && !isInstance(choices, value)) return walkObject(choices, value, path, state);
  if (typeof value === 'string' && state.fromEnv.has(path)) return typed(choices, value);
  return value;
}

/** Ready-made parts may be object literals too; they are handed on as they are. */
function isInstance(choices: readonly Schema[], value: unknown): boolean {
  return choices.some((choice) => choice instanceof z.ZodCustom && choice.safeParse(value).success);
}

function walkObject(choices: readonly Schema[], value: Record<string, unknown>, path: string, state: Walk): unknown {
  const object = choices.find((choice) => choice instanceof z.ZodObject);
  const free = choices.find((choice) => choice instanceof z.ZodRecord);
  const shape: Readonly<Record<string, Schema>> = object?.shape ?? {};
  const { aliases = {} } = (object?.meta() ?? {}) as BlockMeta;
  const result: Record<string, unknown> = {};
  const written = new Map<string, string>();
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    const at = joinPath(path, key);
    const name = nameOf(key, shape, aliases);
    if (POISON.has(key)) state.problems.push({ path: at, message: 'this key is not allowed.' });
    else if (name in result)
      state.problems.push({ path: at, message: `is the same as "${written.get(name)}", which is there too: keep one.` });
    else {
      written.set(name, key);
      result[name] = walk(shape[name] ?? (free?.valueType as Schema | undefined), item, at, state);
    }
  }
  return result;
}

function nameOf(key: string, shape: Readonly<Record<string, Schema>>, aliases: Readonly<Record<string, string>>): string {
  if (Object.hasOwn(shape, key)) return key;
  const camel = camelCase(key);
  if (Object.hasOwn(aliases, camel)) return aliases[camel] ?? key;
  return Object.hasOwn(shape, camel) ? camel : key;
}

function choicesOf(schema: Schema): Schema[] {
  if (schema instanceof z.ZodExactOptional || schema instanceof z.ZodOptional) return choicesOf(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => choicesOf(option));
  return [schema];
}

function typed(choices: readonly Schema[], text: string): unknown {
  if (choices.some((choice) => choice instanceof z.ZodString)) return text;
  const wantsFlag = choices.some((choice) => choice instanceof z.ZodBoolean || choice instanceof z.ZodLiteral);
  if (wantsFlag && (text === 'true' || text === 'false')) return text === 'true';
  const wantsNumber = choices.some((choice) => choice instanceof z.ZodNumber || choice instanceof z.ZodCustom);
  return wantsNumber && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
