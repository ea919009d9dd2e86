import { type Labels, type Metrics, messageOf } from '@weft/core';
import { KNOWN_METRICS, type MetricDescription } from './known-metrics.js';
import { type MetricFacts, MetricFamily, type MetricKind } from './metric-family.js';
import { prometheusName } from './metric-name.js';
import type { RefusedObservations } from './refused-observations.js';

/** Metrics beyond which no further one is taken: names are written by people, and not made of input. */
const MAX_METRICS = 1_000;
const MAX_NAME_LENGTH = 255;

/** What a `MetricStore` is made with. */
export interface MetricStoreOptions {
  /** Put before every name, with a dot between. */
  readonly prefix?: string | undefined;
  /** Upper bounds of the buckets of distributions that no description gives others. */
  readonly buckets: readonly number[];
  /** Series per metric, `other` included. */
  readonly maxSeries: number;
  /** What is said of metrics that Weft does not know, or in place of what it says. */
  readonly describe?: Readonly<Record<string, MetricDescription>> | undefined;
  /** Told of what is not counted. */
  readonly refused: RefusedObservations;
}

/**
 * Adds up observations in the process, for whoever reads them: the SDK's own instruments take ten times as long for each.
 * Never throws. An observation that makes no sense is left out: one that is not a finite number, is negative where only
 * a gauge may be, or is of another kind than the metric's first.
 */
export class MetricStore implements Metrics {
  readonly #options: MetricStoreOptions;
  readonly #families = new Map<string, MetricFamily>();
  /** Names of samples in Prometheus' text, and the metric that has each. */
  readonly #samples = new Map<string, string>();

  constructor(options: MetricStoreOptions) {
    this.#options = options;
  }

  /** Every metric, oldest first. */
  get families(): Iterable<MetricFamily> {
    return this.#families.values();
  }

  /** Adds `by` (1) to a counter. */
  increment(name: string, labels?: Labels, by = 1): void {
    try {
      const family = this.#family(name, 'counter');
      if (family && this.#isCountable(name, by)) family.seriesOf(labels).value += by;
    } catch (error) {
      this.#refuse(name, error);
    }
  }

  /** Adds one observation to a distribution. */
  histogram(name: string, value: number, labels?: Labels): void {
    try {
      const family = this.#family(name, 'histogram');
      if (family && this.#isCountable(name, value)) family.observe(labels, value);
    } catch (error) {
      this.#refuse(name, error);
    }
  }

  /** Sets a value that goes up and down. */
  gauge(name: string, value: number, labels?: Labels): void {
    try {
      const family = this.#family(name, 'gauge');
      if (!family) return;
      if (Number.isFinite(value)) family.seriesOf(labels).value = value;
      else this.#refuse(name, 'a value is not a finite number');
    } catch (error) {
      this.#refuse(name, error);
    }
  }

  #isCountable(name: string, value: number): boolean {
    if (typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY) return true;
    this.#refuse(name, 'a value is negative, or not a finite number');
    return false;
  }

  #family(name: string, kind: MetricKind): MetricFamily | undefined {
    const family = this.#families.get(name) ?? this.#open(name, kind);
    if (!family || family.facts.kind === kind) return family;
    this.#refuse(name, `it is a ${family.facts.kind}, and cannot be a ${kind} too`);
    return undefined;
  }

  #open(name: string, kind: MetricKind): MetricFamily | undefined {
    const facts = this.#factsOf(name, kind);
    if (typeof facts === 'string') {
      this.#refuse(name, facts);
      return undefined;
    }
    for (const sample of samplesOf(facts)) this.#samples.set(sample, name);
    const family = new MetricFamily(facts, this.#options.maxSeries);
    this.#families.set(name, family);
    return family;
  }

  /** @returns why there cannot be such a metric, as text */
  #factsOf(name: string, kind: MetricKind): MetricFacts | string {
    const { prefix, describe, buckets } = this.#options;
    if (typeof name !== 'string') return 'its name is no text';
    if (name.length > MAX_NAME_LENGTH) return `its name is longer than ${MAX_NAME_LENGTH} characters`;
    if (this.#families.size >= MAX_METRICS) return `there are ${MAX_METRICS} metrics already; put what varies into labels`;
    const described = { ...own(KNOWN_METRICS, name), ...own(describe, name) };
    const { help = `The ${kind} ${name}.`, unit = '' } = described;
    const fullName = prefix ? `${prefix}.${name}` : name;
    const inPrometheus = prometheusName(fullName, kind, unit);
    if (inPrometheus === undefined) return 'its name has no letter and no digit';
    const facts = { name: fullName, prometheusName: inPrometheus, kind, help, unit, buckets: described.buckets ?? buckets };
    const taken = samplesOf(facts).find((sample) => this.#samples.has(sample));
    return taken === undefined ? facts : `"${this.#samples.get(taken)}" has the name ${taken} in Prometheus already`;
  }

  #refuse(name: unknown, why: unknown): void {
    this.#options.refused.tell(name, messageOf(why));
  }
}

/** The names that its lines have in Prometheus' text. */
function samplesOf({ prometheusName: name, kind }: MetricFacts): string[] {
  return kind === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}

function own(described: Readonly<Record<string, MetricDescription>> | undefined, name: string): MetricDescription | undefined {
  return described && Object.hasOwn(described, name) ? described[name] : undefined;
}
