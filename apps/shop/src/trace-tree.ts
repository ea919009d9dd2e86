/** A span as a back end shows it. */
export interface TraceSpan {
  readonly id: string;
  /** Id of the span that it belongs to; undefined for a root. */
  readonly parent: string | undefined;
  /** What was done. */
  readonly name: string;
  /** Name of the service that did it. */
  readonly service: string;
  /** Which process of that service: its instance id, or the service's name when it has none. */
  readonly process: string;
  /** When it began, in ms since 1970. */
  readonly startAt: number;
  readonly durationMs: number;
  /** Such as `201`, empty where there is none. */
  readonly status: string;
  readonly failed: boolean;
}

/** A span in its trace. */
export interface TraceRow extends TraceSpan {
  /** How many spans it stands under. */
  readonly depth: number;
}

/** A trace as a tree. */
export interface TraceTree {
  /** Each span after the one that it belongs to, in the order in which they began. */
  readonly rows: readonly TraceRow[];
  /** The processes that it went through, in that order. */
  readonly processes: readonly string[];
  /** Whether all spans hang together: one has no parent, and the parents of all others are there. */
  readonly isConnected: boolean;
}

/** Puts the spans of a trace in order. What has lost its parent stands at the left, as a root does. */
export function traceTree(spans: readonly TraceSpan[]): TraceTree {
  const ids = new Set(spans.map(({ id }) => id));
  const inOrder = [...spans].sort((a, b) => a.startAt - b.startAt);
  const under = (parent: TraceSpan, depth: number): TraceRow[] => {
    return inOrder.filter((span) => span.parent === parent.id).flatMap((span) => [{ ...span, depth }, ...under(span, depth + 1)]);
  };
  const tops = inOrder.filter(({ parent }) => parent === undefined || !ids.has(parent));
  const rows = tops.flatMap((top) => [{ ...top, depth: 0 }, ...under(top, 1)]);
  return {
    rows,
    processes: [...new Set(rows.map((row) => row.process))],
    isConnected: tops.length === 1 && tops[0]?.parent === undefined,
  };
}
