const MARKERS = 5;

/**
 * One quantile of everything that was added, in five numbers: no list, no sorting. The markers stand at the least, the
 * greatest, the quantile and half way to both, and are moved along a parabola as values come in.
 *
 * Source: R. Jain, I. Chlamtac, "The P2 Algorithm for Dynamic Calculation of Quantiles and Histograms Without Storing
 * Observations", Communications of the ACM 28(10), 1985.
 */
export class P2Quantile {
  readonly #ratio: number;
  readonly #heights = new Float64Array(MARKERS);
  readonly #positions = Float64Array.of(0, 1, 2, 3, 4);
  readonly #wanted: Float64Array;
  readonly #steps: Float64Array;
  #added = 0;

  /** @param ratio which quantile, between 0 and 1: 0.95 for the 95th percentile */
  constructor(ratio: number) {
    this.#ratio = ratio;
    this.#steps = Float64Array.of(0, ratio / 2, ratio, (1 + ratio) / 2, 1);
    this.#wanted = this.#steps.map((step) => step * (MARKERS - 1));
  }

  /** How many were added. */
  get added(): number {
    return this.#added;
  }

  /** The quantile; NaN before the first value. */
  get value(): number {
    if (this.#added >= MARKERS) return this.#heights[2] ?? Number.NaN;
    const sorted = this.#heights.slice(0, this.#added).sort();
    return sorted[Math.min(this.#added - 1, Math.floor(this.#added * this.#ratio))] ?? Number.NaN;
  }

  /** Adds a value. */
  add(value: number): void {
    if (this.#added < MARKERS) {
      this.#heights[this.#added++] = value;
      if (this.#added === MARKERS) this.#heights.sort();
      return;
    }
    this.#added++;
    for (let marker = this.#cellOf(value) + 1; marker < MARKERS; marker++) this.#shift(this.#positions, marker, 1);
    for (let marker = 1; marker < MARKERS; marker++) this.#shift(this.#wanted, marker, at(this.#steps, marker));
    for (let marker = 1; marker < MARKERS - 1; marker++) this.#adjust(marker);
  }

  /** Between which two markers it lies; the outer ones move out to it. */
  #cellOf(value: number): number {
    const heights = this.#heights;
    if (value < at(heights, 0)) heights[0] = value;
    if (value >= at(heights, MARKERS - 1)) heights[MARKERS - 1] = value;
    let cell = 0;
    while (cell < MARKERS - 2 && value >= at(heights, cell + 1)) cell++;
    return cell;
  }

  #adjust(marker: number): void {
    const positions = this.#positions;
    const position = at(positions, marker);
    const off = at(this.#wanted, marker) - position;
    const isFree = off >= 1 ? at(positions, marker + 1) - position > 1 : off <= -1 && position - at(positions, marker - 1) > 1;
    if (!isFree) return;
    const step = off > 0 ? 1 : -1;
    const height = this.#parabolic(marker, step);
    const isBetween = height > at(this.#heights, marker - 1) && height < at(this.#heights, marker + 1);
    this.#heights[marker] = isBetween ? height : this.#linear(marker, step);
    positions[marker] = position + step;
  }

  #parabolic(marker: number, step: number): number {
    const [heights, positions] = [this.#heights, this.#positions];
    const [before, own, after] = [at(positions, marker - 1), at(positions, marker), at(positions, marker + 1)];
    const height = at(heights, marker);
    const upper = ((own - before + step) * (at(heights, marker + 1) - height)) / (after - own);
    const lower = ((after - own - step) * (height - at(heights, marker - 1))) / (own - before);
    return height + (step / (after - before)) * (upper + lower);
  }

  #linear(marker: number, step: number): number {
    const [heights, positions] = [this.#heights, this.#positions];
    const rise = at(heights, marker + step) - at(heights, marker);
    return at(heights, marker) + (step * rise) / (at(positions, marker + step) - at(positions, marker));
  }

  #shift(values: Float64Array, index: number, by: number): void {
    values[index] = at(values, index) + by;
  }
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}
