import { nearestName, OptionReader, shown } from '@weft/core';
import { isWeight } from './weight.js';

/** Reads what a balancer is told; paths are those of a config. */
export class BalancerReader extends OptionReader {
  constructor() {
    super('loadBalancer.options');
  }

  /** Text that says something. */
  text(name: string, value: unknown): string {
    return String(this.expect(name, value, typeof value === 'string' && value !== '', 'text'));
  }

  /** Several texts. */
  texts(name: string, value: readonly string[]): readonly string[] {
    const isRight = Array.isArray(value) && value.every((each) => typeof each === 'string');
    return this.expect(name, value, isRight, 'a list of texts');
  }

  /** Shares by name. `example` is what would be right. */
  weights(name: string, value: Readonly<Record<string, number>>, example: string): ReadonlyMap<string, number> {
    const entries = this.entries(name, value, example);
    for (const [key, weight] of entries) {
      if (isWeight(weight)) continue;
      this.refuse(`${name}.${key}`, `${shown(weight)} is not a weight: expected a number from 0 (drained) up.`);
    }
    return new Map(entries as [string, number][]);
  }

  /** Keys and values of an object. `example` is what would be right. */
  entries(name: string, value: unknown, example: string): readonly [string, unknown][] {
    if (isObject(value)) return Object.entries(value);
    this.refuse(name, `${shown(value)} is not an object ${example}.`);
    return [];
  }

  /** What a strategy is told, which is nothing when it is no object. */
  options<Options extends object>(given: Options): Partial<Options> {
    if (isObject(given)) return given;
    this.refuseAt('loadBalancer.options', `${shown(given)} is not an object of options.`);
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
    this.refuse(name, `unknown option. Known: ${known.join(', ')}.${didYouMean(key, known)}`);
  }
}

/**
 * What `read` makes of options that were given to one function alone.
 * @throws WEFT_CONFIG_INVALID telling all that was wrong
 */
export function readAlone<Settings>(read: (reader: BalancerReader) => Settings): Settings {
  const reader = new BalancerReader();
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
