/** What became of spans that were sampled or kept. */
export interface SpanCounts {
  /** The reporter took them. */
  readonly reported: number;
  /** They wait, or are on their way. */
  readonly waiting: number;
  /** They were not let in: the queue was full, or closed. */
  readonly dropped: number;
  /** The reporter did not take them, in up to 5 tries. */
  readonly failed: number;
}

/** What became of traces that the sampler did not choose. */
export interface TailCounts {
  /** They were failed or slow here. */
  readonly kept: number;
  /** They were forgotten undecided, because too many were open at a time. */
  readonly evicted: number;
}

/** What became of the spans and traces of this process so far. */
export interface TracingStats extends SpanCounts {
  /** Of traces that the sampler did not choose; zeros without `tail`. */
  readonly tail: TailCounts;
}
