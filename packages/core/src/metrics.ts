/** Names and values that tell series of one metric apart. */
export type Labels = Readonly<Record<string, string>>;

/** What every package measures with. */
export interface Metrics {
  /** Adds `by` (1) to a counter. */
  increment(name: string, labels?: Labels, by?: number): void;
  /** Adds one observation to a distribution. */
  histogram(name: string, value: number, labels?: Labels): void;
  /** Sets a value that goes up and down. */
  gauge(name: string, value: number, labels?: Labels): void;
}

const nothing = () => {};

/** Measures nothing: the default of every package. */
export const noopMetrics: Metrics = { increment: nothing, histogram: nothing, gauge: nothing };

/** Metrics that stay in the process, for tests and small tools. */
export interface MemoryMetrics extends Metrics {
  /** The sum of a counter, the last value of a gauge, or the number of observations; 0 when there is none. */
  read(name: string, labels?: Labels): number;
  /** Every observation of a distribution, oldest first. */
  observations(name: string, labels?: Labels): readonly number[];
}

/** Keeps every series in memory; a series is its name and its labels in any order. */
export function memoryMetrics(): MemoryMetrics {
  const values = new Map<string, number>();
  const observed = new Map<string, number[]>();
  const keyOf = (name: string, labels: Labels = {}) => JSON.stringify([name, ...Object.entries(labels).sort()]);
  return {
    increment(name, labels, by = 1) {
      const key = keyOf(name, labels);
      values.set(key, (values.get(key) ?? 0) + by);
    },
    histogram(name, value, labels) {
      const key = keyOf(name, labels);
      const list = observed.get(key) ?? [];
      list.push(value);
      observed.set(key, list);
    },
    gauge(name, value, labels) {
      values.set(keyOf(name, labels), value);
    },
    read: (name, labels) => values.get(keyOf(name, labels)) ?? observed.get(keyOf(name, labels))?.length ?? 0,
    observations: (name, labels) => observed.get(keyOf(name, labels)) ?? [],
  };
}
