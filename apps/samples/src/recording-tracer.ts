import type { Span, TraceContext, Tracer } from '@weft/core';

type Value = string | number | boolean;

/** A span that keeps what it is told. */
export class RecordedSpan implements Span {
  readonly name: string;
  readonly parent: Span | TraceContext | undefined;
  readonly context: TraceContext;
  readonly tags: Record<string, Value> = {};
  readonly logs: (readonly [key: string, value: Value])[] = [];
  isFinished = false;

  constructor(name: string, parent: Span | TraceContext | undefined, number: number) {
    this.name = name;
    this.parent = parent;
    this.context = { traceId: '1'.padStart(32, '0'), spanId: String(number).padStart(16, '0'), sampled: true };
  }

  setTag(key: string, value: Value): this {
    this.tags[key] = value;
    return this;
  }

  logKV(key: string, value: Value): this {
    this.logs.push([key, value]);
    return this;
  }

  finish(): void {
    this.isFinished = true;
  }
}

/** A tracer for tests: what its spans were told can be read. */
export class RecordingTracer implements Tracer {
  /** In the order in which they were started. */
  readonly spans: RecordedSpan[] = [];

  startSpan(name: string, parent?: Span | TraceContext): Span {
    const span = new RecordedSpan(name, parent, this.spans.length + 1);
    this.spans.push(span);
    return span;
  }

  /** The first span of that name. @throws Error when there is none */
  find(name: string): RecordedSpan {
    const found = this.spans.find((span) => span.name === name);
    if (!found) throw new Error(`no span "${name}" among ${this.spans.map((span) => span.name).join(', ')}`);
    return found;
  }
}
