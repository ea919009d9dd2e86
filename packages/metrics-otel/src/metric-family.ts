import type { Labels } from '@weft/core';
import { type LabelSet, labelSet, otherLabelSet } from './label-set.js';
import { LabelTree } from './label-tree.js';

/** What a metric is: a sum that only grows, a value that goes up and down, or a distribution. */
export type MetricKind = 'counter' | 'gauge' | 'histogram';

/** What is known of a metric when its first observation comes. */
export interface MetricFacts {
  /** As observed, with the prefix: `service.requests`. */
  readonly name: string;
  /** In Prometheus' text: `service_requests_total`. */
  readonly prometheusName: string;
  /** Decided by the first observation. */
  readonly kind: MetricKind;
  /** What it says, in a line. */
  readonly help: string;
  /** UCUM code such as `s`, `By`; empty when it has none. */
  readonly unit: string;
  /** Upper bounds of the buckets of a distribution, ascending, without infinity. */
  readonly buckets: readonly number[];
}

const NO_COUNTS = new Float64Array(0);

/** One metric with one set of labels. */
export class Series {
  /** What tells it apart. */
  readonly labels: LabelSet;
  /** The sum of a counter or of a distribution's observations, or the last value of a gauge. */
  value = 0;
  /** Observations per bucket, the last for those above all bounds; empty for other kinds. */
  readonly counts: Float64Array;

  constructor(labels: LabelSet, counts: Float64Array) {
    this.labels = labels;
    this.counts = counts;
  }
}

/** One metric with all its series: at most `maxSeries`; what comes after shares one whose label values are all `other`. */
export class MetricFamily {
  /** Name, kind, and what is said of it. */
  readonly facts: MetricFacts;
  readonly #maxSeries: number;
  readonly #byText = new Map<string, Series>();
  readonly #tree = new LabelTree<Series>();
  /** Ways through the tree; labels in several orders are several ways to one series. */
  #ways = 0;
  #other: Series | undefined;

  constructor(facts: MetricFacts, maxSeries: number) {
    this.facts = facts;
    this.#maxSeries = maxSeries;
  }

  /** Every series, oldest first. */
  get series(): Iterable<Series> {
    return this.#byText.values();
  }

  /** The series of these labels; made when it is new. */
  seriesOf(labels: Labels | undefined): Series {
    return this.#tree.find(labels) ?? this.#admit(labels);
  }

  /** Counts one observation of a distribution. */
  observe(labels: Labels | undefined, value: number): void {
    const series = this.seriesOf(labels);
    const { buckets } = this.facts;
    let at = 0;
    while (value > (buckets[at] ?? Number.POSITIVE_INFINITY)) at++;
    series.counts[at] = (series.counts[at] ?? 0) + 1;
    series.value += value;
  }

  #admit(labels: Labels | undefined): Series {
    const set = labelSet(labels, this.#reserved);
    const series = this.#byText.get(set.text) ?? this.#open(set, labels);
    if (series !== this.#other && this.#ways < 2 * this.#maxSeries) {
      this.#tree.add(labels, series);
      this.#ways++;
    }
    return series;
  }

  /** One place is kept for `other`. */
  #open(set: LabelSet, labels: Labels | undefined): Series {
    if (this.#byText.size < this.#maxSeries - 1) return this.#make(set);
    this.#other ??= this.#shared(otherLabelSet(labels, this.#reserved));
    return this.#other;
  }

  #shared(set: LabelSet): Series {
    return this.#byText.get(set.text) ?? this.#make(set);
  }

  #make(set: LabelSet): Series {
    const { kind, buckets } = this.facts;
    const series = new Series(set, kind === 'histogram' ? new Float64Array(buckets.length + 1) : NO_COUNTS);
    this.#byText.set(set.text, series);
    return series;
  }

  get #reserved(): string | undefined {
    return this.facts.kind === 'histogram' ? 'le' : undefined;
  }
}
