import { messageOf, nearestName, parseDuration, type Slots, WeftError } from '@weft/core';
import { z } from 'zod';

/** What a block says about itself beside its keys. */
export interface BlockMeta {
  /** Own key by other words for it. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** The slot of the driver that takes the further keys. */
  readonly slot?: keyof Slots;
  /** The driver that is meant when none is named; `null` = what is built in. */
  readonly fallback?: string | null;
}

/** What every schema here is: a zod schema, so that keys can be normalised by walking it. */
export type Schema = z.core.$ZodType;

/** `expected x, found y` as the message of every issue of a schema. */
export function expected(what: string): { error: (issue: { readonly input?: unknown }) => string } {
  return {
    error: ({ input }) => (input === undefined ? `is missing: expected ${what}` : `expected ${what}, found ${found(input)}`),
  };
}

/** Text that is not empty. */
export const text = z.string(expected('text')).min(1, expected('text that is not empty'));

/** `true` or `false`. */
export const flag = z.boolean(expected('true or false'));

/** A number from 0 to 1. */
export const ratio = numberFrom(0, 1);

/** A port; 0 = any free port. */
export const port = integerFrom(0, 65_535);

/** Text to text, with keys of the user's. */
export const textMap = z.record(z.string(), z.string(expected('text')), expected('an object of texts'));

/** A number of ms or text such as `30s`; checked by core's `parseDuration`, left as it is written. */
export const duration = durationSchema(() => undefined).meta(durationMeta({ minimum: 0 }));

/** A duration of more than 0, for what cannot happen in no time at all. */
export const someTime = durationSchema((ms) => (ms > 0 ? undefined : '0 ms leaves no time: expected more')).meta(
  durationMeta({ exclusiveMinimum: 0 }),
);

/** A duration, or `false` to switch the limit off. */
export const durationOrFalse = z.union([z.literal(false), duration], expected('a duration such as "30s", or false'));

/** A whole number in a range. */
export function integerFrom(min: number, max?: number) {
  const message = expected(`a whole number ${rangeText(min, max)}`);
  const schema = z.int(message).min(min, message);
  return max === undefined ? schema : schema.max(max, message);
}

/** A number in a range. */
export function numberFrom(min: number, max?: number) {
  const message = expected(`a number ${rangeText(min, max)}`);
  const schema = z.number(message).min(min, message);
  return max === undefined ? schema : schema.max(max, message);
}

/** One of some words, with the nearest one in the message. */
export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words, {
    error: ({ input }) => `expected one of ${words.join(', ')}, found ${found(input)}${hint(input, words)}`,
  });
}

/** An object whose keys are all known: others are problems of their own, with the nearest key. */
export function block<const Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const keys = Object.keys(shape);
  const unknownKey = z.custom<never>(() => false, {
    error: ({ path }) => unknownKeyMessage(String(path?.at(-1)), keys),
  });
  return z.object(shape, expected('an object')).catchall(unknownKey.meta({ not: {} })) as unknown as z.ZodObject<
    Shape,
    z.core.$strict
  >;
}

/** An object some of whose keys are known; the others belong to the driver that the block names. */
export function openBlock<const Shape extends z.core.$ZodShape>(shape: Shape, meta: BlockMeta = {}) {
  return z.looseObject(shape, expected(meta.slot ? 'an object, { driver, ... }' : 'an object')).meta({ ...meta });
}

/**
 * What a value looks like, for the spelling of its keys and for editors; whether it is right is left to the part that it is
 * for: so the rules have one owner, and what the config takes is what the part takes.
 */
export function leftToOwner<T>(schema: Schema): z.ZodType<T> {
  return z.union([schema, z.unknown()]) as z.ZodType<T>;
}

/** The message for a key that nobody knows. */
export function unknownKeyMessage(key: string, known: readonly string[]): string {
  const nearest = nearestName(key, known);
  return `unknown key. ${nearest ? `Did you mean "${nearest}"?` : `Known: ${known.join(', ')}.`}`;
}

function durationSchema(problemOf: (ms: number) => string | undefined) {
  return z.custom<number | string>().superRefine((value, context) => {
    try {
      const message = problemOf(parseDuration(value));
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    } catch (error) {
      context.addIssue({ code: 'custom', message: durationMessage(value, error) });
    }
  });
}

function durationMeta(least: { readonly minimum: number } | { readonly exclusiveMinimum: number }) {
  return { type: ['number', 'string'], ...least, maximum: 86_400_000, pattern: '^(\\d+(\\.\\d+)?(ms|s|m|h|d))+$' };
}

function durationMessage(value: unknown, error: unknown): string {
  if (value === undefined) return 'is missing: expected a duration such as "30s"';
  const problem = error instanceof WeftError ? error.problems?.[0]?.message : undefined;
  return problem ?? messageOf(error);
}

function rangeText(min: number, max: number | undefined): string {
  return max === undefined ? `from ${min}` : `from ${min} to ${max}`;
}

function hint(input: unknown, words: readonly string[]): string {
  const nearest = typeof input === 'string' ? nearestName(input, words) : undefined;
  return nearest ? `. Did you mean "${nearest}"?` : '';
}

/** A value as an error shows it. Long texts are not shown: they may be keys or certificates. */
export function found(input: unknown): string {
  if (input === null) return 'null';
  if (typeof input === 'string') return input.length <= 40 && !input.includes('\n') ? JSON.stringify(input) : 'a long text';
  if (typeof input === 'number' || typeof input === 'boolean') return String(input);
  return Array.isArray(input) ? 'a list' : typeof input === 'object' ? 'an object' : `a ${typeof input}`;
}
