import { type Duration, type Problem, parseDuration, problemsOf, WeftError } from '@weft/core';

/** Reads the options of one part and collects what is wrong, so that everything is reported at once. */
export class OptionReader {
  readonly #path: string;
  readonly #problems: Problem[] = [];

  /** @param path where the block stands in a config, such as `bulkhead` */
  constructor(path: string) {
    this.#path = path;
  }

  /** A whole number from `least`. */
  count(name: string, value: number, least = 1): number {
    return this.#expect(name, value, Number.isSafeInteger(value) && value >= least, `a whole number from ${least}`);
  }

  /** A number above `limit` and up to `highest`. */
  above(limit: number, name: string, value: number, highest: number): number {
    const isRight = typeof value === 'number' && value > limit && value <= highest;
    return this.#expect(name, value, isRight, `a number above ${limit}, up to ${highest}`);
  }

  /** A finite number from `least`. */
  from(least: number, name: string, value: number): number {
    return this.#expect(name, value, Number.isFinite(value) && value >= least, `a number from ${least}`);
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

  /** Options that are right each for itself, and not together. */
  together(isRight: boolean, name: string, message: string): void {
    if (!isRight) this.#problems.push({ path: `${this.#path}.${name}`, message });
  }

  /** @throws WEFT_CONFIG_INVALID telling all that was wrong */
  check(): void {
    if (this.#problems.length === 0) return;
    const lines = this.#problems.map(({ path, message }) => `${path}: ${message}`);
    throw new WeftError('WEFT_CONFIG_INVALID', lines.join('\n'), { problems: this.#problems });
  }

  #expect(name: string, value: number, isRight: boolean, expected: string): number {
    this.together(isRight, name, `${typeof value === 'number' ? value : JSON.stringify(value)}: expected ${expected}`);
    return value;
  }
}
