const MAX_SLOTS = 10_000;
const LONG_LIST = 1_000;
const DECIMAL_FACTORS = [1, 10, 100, 1_000];

/**
 * The indexes of `weights` in the order in which they take turns, one whole round: each stands there in proportion to its
 * weight, and heavy ones are interleaved with the others (3:2:1 gives 0 1 0 2 1 0). A weight of 0 does not stand there.
 * Weights whose round would be longer than 10,000 turns are rounded to fit, none of them down to 0.
 *
 * Source: smooth weighted round robin, nginx commit 52327e0627f4, 2012.
 */
export function weightedOrder(weights: readonly number[]): number[] {
  const turns = turnsPerRound(weights);
  const round = turns.reduce((sum, count) => sum + count, 0);
  const served = turns.flatMap((count, index) => (count > 0 ? [index] : []));
  if (round === served.length) return served;
  if (served.length > LONG_LIST) return atEvenDistances(served, turns);
  const lag = new Float64Array(turns.length);
  return Array.from({ length: round }, () => takeTurn(served, turns, lag, round));
}

/** One step of the algorithm: everybody gains its weight, whoever is furthest behind its share takes the turn and pays for it. */
function takeTurn(served: readonly number[], turns: readonly number[], lag: Float64Array, round: number): number {
  let chosen = -1;
  let furthest = Number.NEGATIVE_INFINITY;
  for (const index of served) {
    const behind = (lag[index] ?? 0) + (turns[index] ?? 0);
    lag[index] = behind;
    if (behind > furthest) {
      furthest = behind;
      chosen = index;
    }
  }
  lag[chosen] = furthest - round;
  return chosen;
}

/**
 * As even for each instance, in O(n log n), for long lists: somebody who has n turns takes them every n-th part of the round.
 * Where the first of them stands is spread over that part, so that those of equal weight do not follow each other.
 */
function atEvenDistances(served: readonly number[], turns: readonly number[]): number[] {
  const due = served.flatMap((index, position) => {
    const count = turns[index] ?? 0;
    const first = (position + 0.5) / served.length;
    return Array.from({ length: count }, (_, turn) => ({ index, place: (turn + first) / count }));
  });
  return due.sort((a, b) => a.place - b.place).map(({ index }) => index);
}

/** The smallest whole numbers in the proportion of `weights` whose sum still makes a ring that may be built. */
function turnsPerRound(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return weights.map(() => 0);
  const whole = wholeNumbers(weights);
  const divisor = whole?.reduce(greatestCommonDivisor, 0) ?? 1;
  const exact = whole?.map((weight) => weight / divisor);
  if (exact && exact.reduce((sum, count) => sum + count, 0) <= Math.max(MAX_SLOTS, weights.length)) return exact;
  return weights.map((weight) => (weight === 0 ? 0 : Math.max(1, Math.round((weight / total) * MAX_SLOTS))));
}

/** `weights` times the power of ten that makes all of them whole, up to three decimals. */
function wholeNumbers(weights: readonly number[]): number[] | undefined {
  for (const factor of DECIMAL_FACTORS) {
    const scaled = weights.map((weight) => Math.round(weight * factor));
    if (scaled.every((value, index) => isNear(value, (weights[index] ?? 0) * factor))) return scaled;
  }
  return undefined;
}

function isNear(whole: number, exact: number): boolean {
  return Math.abs(whole - exact) < 1e-9 && whole > 0 === exact > 0;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
