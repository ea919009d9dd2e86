/**
 * A quantile of at least one number, between neighbours where it falls between two.
 * @param {readonly number[]} numbers
 * @param {number} ratio 0.5 is the median
 */
export function quantile(numbers, ratio) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (sorted.length - 1) * ratio;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}
