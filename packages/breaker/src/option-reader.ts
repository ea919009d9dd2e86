import { type Duration, nearestName, type Problem, parseDuration, problemsOf, WeftError } from '@weft/core';

/** Reads the options of one config block and collects what is wrong, so that everything is reported at once. */
export class OptionReader {
  readonly #path: string;
  readonly #problems: Problem[] = [];

  /** @param path where the block stands in a config, such as `circuitBreaker` */
  constructor(path: string) {
    this.#path = path;
  }

  /** A whole number from 1. */
  count(name: string, value: number): number {
    return this.#expect(name, value, Number.isSafeInteger(value) && value >= 1, 'a whole number from 1');
  }

  /** A number above `limit` and up to `highest`. */
  above(limit: number, name: string, value: number, highest = Number.MAX_VALUE): number {
    const expected = highest === Number.MAX_VALUE ? `a number above ${limit}` : `a number above ${limit}, up to ${highest}`;
    return this.#expect(name, value, typeof value === 'number' && value > limit && value <= highest, expected);
  }

  /** `true` or `false`. */
  flag(name: string, value: boolean): boolean {
    return this.#expect(name, value, typeof value === 'boolean', 'true or false');
  }

  /** One of some words. */
  oneOf<Word extends string>(words: readonly Word[], name: string, value: Word): Word {
    const nearest = nearestName(String(value), words);
    const hint = nearest === undefined ? '' : `. Did you mean "${nearest}"?`;
    return this.#expect(name, value, words.includes(value), `one of ${words.join(', ')}${hint}`);
  }

  /** A value that was set though nothing looks at it; `wanted` is what would make it count. */
  idle(name: string, value: unknown, wanted: string): void {
    if (value === undefined) return;
    this.#problems.push({ path: `${this.#path}.${name}`, message: `has no effect without ${wanted}` });
  }

  /** A duration above 0, in ms. */
  durationMs(name: string, value: Duration): number {
    try {
      const ms = parseDuration(value, `${this.#path}.${name}`);
      return this.#expect(name, ms, ms > 0, 'a duration above 0, such as "30s"');
    } catch (error) {
      this.#problems.push(...problemsOf(error));
      return Number.NaN;
    }
  }

  /** @throws WEFT_CONFIG_INVALID telling all that was wrong */
  check(): void {
    if (this.#problems.length === 0) return;
    const lines = this.#problems.map(({ path, message }) => `${path}: ${message}`);
    throw new WeftError('WEFT_CONFIG_INVALID', lines.join('\n'), { problems: this.#problems });
  }

  #expect<Value extends number | string | boolean>(name: string, value: Value, isRight: boolean, expected: string): Value {
    const found = typeof value === 'number' ? value : JSON.stringify(value);
    if (!isRight) this.#problems.push({ path: `${this.#path}.${name}`, message: `${found}: expected ${expected}` });
    return value;
  }
}
