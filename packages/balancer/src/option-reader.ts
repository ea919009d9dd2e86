import { type Duration, nearestName, type Problem, parseDuration, problemsOf, WeftError } from '@weft/core';
import { isWeight } from './weight.js';

/** Reads what a balancer is told and collects what is wrong, so that everything is reported at once. Paths are those of a config. */
export class OptionReader {
  readonly #problems: Problem[] = [];

  /** A duration above 0, in ms. */
  durationMs(name: string, value: Duration): number {
    try {
      const ms = parseDuration(value, pathOf(name));
      return this.#expect(name, ms, ms > 0, 'a duration above 0, such as "10s"');
    } catch (error) {
      this.#problems.push(...problemsOf(error));
      return Number.NaN;
    }
  }

  /** A whole number from `least`. */
  count(name: string, value: number, least = 1): number {
    return this.#expect(name, value, Number.isSafeInteger(value) && value >= least, `a whole number from ${least}`);
  }

  /** A finite number above `limit`. */
  above(limit: number, name: string, value: number): number {
    return this.#expect(name, value, Number.isFinite(value) && value > limit, `a number above ${limit}`);
  }

  /** A finite number from `least`. */
  from(least: number, name: string, value: number): number {
    return this.#expect(name, value, Number.isFinite(value) && value >= least, `a number from ${least}`);
  }

  /** Text that says something. */
  text(name: string, value: unknown): string {
    this.#expect(name, value, typeof value === 'string' && value !== '', 'text');
    return String(value);
  }

  /** Several texts. */
  texts(name: string, value: readonly string[]): readonly string[] {
    const isRight = Array.isArray(value) && value.every((each) => typeof each === 'string');
    return this.#expect(name, value, isRight, 'a list of texts');
  }

  /** Shares by name. `example` is what would be right. */
  weights(name: string, value: Readonly<Record<string, number>>, example: string): ReadonlyMap<string, number> {
    const entries = this.entries(name, value, example);
    for (const [key, weight] of entries) {
      if (isWeight(weight)) continue;
      this.refuse(`options.${name}.${key}`, `${told(weight)} is not a weight: expected a number from 0 (drained) up.`);
    }
    return new Map(entries as [string, number][]);
  }

  /** Keys and values of an object. `example` is what would be right. */
  entries(name: string, value: unknown, example: string): readonly [string, unknown][] {
    if (isObject(value)) return Object.entries(value);
    this.refuse(`options.${name}`, `${told(value)} is not an object ${example}.`);
    return [];
  }

  /** What a strategy is told, which is nothing when it is no object. */
  options(given: unknown): object {
    if (isObject(given)) return given;
    this.refuse('options', `${told(given)} is not an object of options.`);
    return {};
  }

  /** A block of options, of which none is there when it is no object. Notes every key that is not one of `known`. */
  block<Block extends object>(name: string, value: Block, known: readonly (keyof Block & string)[]): Partial<Block> {
    const entries = this.entries(name, value, `of ${known.join(', ')}`);
    for (const [key] of entries) if (!known.some((one) => one === key)) this.unknown(`${name}.${key}`, key, known);
    return isObject(value) ? value : {};
  }

  /** Notes an option that nobody knows. */
  unknown(name: string, key: string, known: readonly string[]): void {
    this.refuse(`options.${name}`, `unknown option. Known: ${known.join(', ')}.${didYouMean(key, known)}`);
  }

  /** Notes what is wrong at a path below `loadBalancer`. */
  refuse(path: string, message: string): void {
    this.#problems.push({ path: `loadBalancer.${path}`, message });
  }

  /** @throws WEFT_CONFIG_INVALID telling all that was wrong */
  check(): void {
    if (this.#problems.length === 0) return;
    const lines = this.#problems.map(({ path, message }) => `${path}: ${message}`);
    throw new WeftError('WEFT_CONFIG_INVALID', lines.join('\n'), { problems: this.#problems });
  }

  #expect<Value>(name: string, value: Value, isRight: boolean, expected: string): Value {
    if (!isRight) this.refuse(`options.${name}`, `${told(value)}: expected ${expected}`);
    return value;
  }
}

/**
 * What `read` makes of options that were given to one function alone.
 * @throws WEFT_CONFIG_INVALID telling all that was wrong
 */
export function readAlone<Settings>(read: (reader: OptionReader) => Settings): Settings {
  const reader = new OptionReader();
  const settings = read(reader);
  reader.check();
  return settings;
}

/** ` Did you mean "x"?`, or nothing when no name of `known` is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const nearest = nearestName(word, known);
  return nearest ? ` Did you mean "${nearest}"?` : '';
}

/** Whether it has keys and values: no text, no list, not null. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pathOf(name: string): string {
  return `loadBalancer.options.${name}`;
}

function told(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}
