import type { Problem } from '../errors.js';
import { type Duration, parsePositiveDuration } from './duration.js';
import { refuseAll } from './invalid-option.js';
import { nearestName } from './nearest-name.js';
import { problemsOf } from './problems-of.js';
import { shown } from './shown.js';

/** Reads the options of one part and collects what is wrong, so that everything is reported at once. */
export class OptionReader {
  readonly #path: string;
  readonly #problems: Problem[] = [];

  /** @param path where the options stand in a config, such as `circuitBreaker` */
  constructor(path: string) {
    this.#path = path;
  }

  /** A whole number from `least`, up to `most`. */
  count(name: string, value: number, least = 1, most = Number.MAX_SAFE_INTEGER): number {
    const expected = `a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`;
    return this.expect(name, value, Number.isInteger(value) && value >= least && value <= most, expected);
  }

  /** A number above `limit`, up to `highest`. */
  above(limit: number, name: string, value: number, highest = Number.MAX_VALUE): number {
    const expected = highest === Number.MAX_VALUE ? `a number above ${limit}` : `a number above ${limit}, up to ${highest}`;
    return this.expect(name, value, typeof value === 'number' && value > limit && value <= highest, expected);
  }

  /** A finite number from `least`. */
  from(least: number, name: string, value: number): number {
    return this.expect(name, value, Number.isFinite(value) && value >= least, `a number from ${least}`);
  }

  /** `true` or `false`. */
  flag(name: string, value: boolean): boolean {
    return this.expect(name, value, typeof value === 'boolean', 'true or false');
  }

  /** One of some words. */
  oneOf<Word extends string>(words: readonly Word[], name: string, value: Word): Word {
    const nearest = nearestName(String(value), words);
    const hint = nearest === undefined ? '' : `. Did you mean "${nearest}"?`;
    return this.expect(name, value, words.includes(value), `one of ${words.join(', ')}${hint}`);
  }

  /** A duration in ms; above 0, unless it is parsed by another function. */
  durationMs(name: string, value: Duration, parse = parsePositiveDuration): number {
    try {
      return parse(value, this.#pathOf(name));
    } catch (error) {
      this.#problems.push(...problemsOf(error));
      return Number.NaN;
    }
  }

  /** A value, which is refused unless it is right. */
  expect<Value>(name: string, value: Value, isRight: boolean, expected: string): Value {
    if (!isRight) this.refuse(name, `${shown(value)}: expected ${expected}`);
    return value;
  }

  /** Notes what is wrong with an option. */
  refuse(name: string, message: string): void {
    this.refuseAt(this.#pathOf(name), message);
  }

  /** Notes what is wrong at any path of a config. */
  refuseAt(path: string, message: string): void {
    this.#problems.push({ path, message });
  }

  /** @throws WEFT_CONFIG_INVALID telling all that was wrong */
  check(): void {
    refuseAll(this.#problems);
  }

  #pathOf(name: string): string {
    return `${this.#path}.${name}`;
  }
}
