import { type Clock, type Duration, nearestName, type Problem, type Random, WeftError } from '@weft/core';
import { isWeight } from './weight.js';

/** What a strategy may be told. Each takes what it knows and leaves the rest, so a strategy can be changed by changing one word. */
export interface LoadBalancerOptions {
  /** `weighted`: share of traffic by instance id, relative to the others, from 0 (drained). */
  readonly weights?: Readonly<Record<string, number>>;
  /** `least_connections`: how long a failed call goes on counting as if it were in flight; 1 s unless set. */
  readonly penalty?: Duration;
  /** How many further instances a client tries; read by the client, not by a strategy. */
  readonly maxRetries?: number;
  /** `maxRetries` as it stands in snake_case configs. */
  readonly max_retries?: number;
  /** Time, for strategies that look at it; the process's clock unless set. */
  readonly clock?: Clock;
  /** Random numbers, for strategies that draw; the process's unless set. */
  readonly random?: Random;
}

const KNOWN = ['weights', 'penalty', 'maxRetries', 'max_retries', 'clock', 'random'];

/** What is wrong with options that came from a config: names that do not exist, weights that are none. */
export function problemsOfOptions(options: LoadBalancerOptions): Problem[] {
  const unknown = Object.keys(options).filter((name) => !KNOWN.includes(name));
  return [...unknown.map(unknownOption), ...problemsOfWeights(options.weights)];
}

/** One error that tells all `problems`. */
export function refusal(problems: readonly Problem[]): WeftError {
  const lines = problems.map(({ path, message }) => `${path}: ${message}`);
  return new WeftError('WEFT_CONFIG_INVALID', lines.join('\n'), { problems });
}

/** ` Did you mean "x"?`, or nothing when no name of `known` is near. */
export function didYouMean(word: string, known: readonly string[]): string {
  const nearest = nearestName(word, known);
  return nearest ? ` Did you mean "${nearest}"?` : '';
}

function unknownOption(name: string): Problem {
  const known = KNOWN.slice(0, 3);
  return {
    path: `loadBalancer.options.${name}`,
    message: `unknown option. Known: ${known.join(', ')}.${didYouMean(name, known)}`,
  };
}

function problemsOfWeights(weights: unknown): Problem[] {
  if (weights === undefined) return [];
  const path = 'loadBalancer.options.weights';
  if (typeof weights !== 'object' || weights === null || Array.isArray(weights)) {
    return [
      { path, message: `${JSON.stringify(weights)} is not an object of numbers by instance id, such as { "users-1": 3 }.` },
    ];
  }
  return Object.entries(weights)
    .filter(([, weight]) => !isWeight(weight))
    .map(([id, weight]) => ({
      path: `${path}.${id}`,
      message: `${typeof weight === 'number' ? weight : JSON.stringify(weight)} is not a weight: expected a number from 0 (drained) up.`,
    }));
}
