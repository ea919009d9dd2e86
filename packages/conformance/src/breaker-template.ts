import type { DriverTemplate } from './driver-template.js';

const index = `import { type Driver, type Duration, parseDuration, systemClock } from '@weft/core';
import { z } from 'zod';
import { FooBreaker } from './foo-breaker.js';

export { FooBreaker } from './foo-breaker.js';

/** Options of the circuit breaker \`foo\`. */
export interface FooBreakerOptions {
  /** Failures in a row that open it; 5 unless set. */
  readonly threshold?: number | undefined;
  /** How long it stays open; 30 s unless set. */
  readonly timeout?: Duration | undefined;
  /** False = closes directly after that. */
  readonly halfOpen?: boolean | undefined;
}

declare global {
  interface WeftDrivers {
    'breaker/foo': FooBreakerOptions;
  }
}

const schema: z.ZodType<FooBreakerOptions> = z.strictObject({
  threshold: z.number().int().positive().optional(),
  timeout: z.union([z.number(), z.string()]).optional(),
  halfOpen: z.boolean().optional(),
});

/** A breaker with the defaults of the options. @throws WEFT_CONFIG_INVALID when \`timeout\` is no duration */
export function openFooBreaker(
  { threshold = 5, timeout = '30s', halfOpen = true }: FooBreakerOptions = {},
  clock = systemClock,
): FooBreaker {
  return new FooBreaker(threshold, parseDuration(timeout, 'circuitBreaker.timeout'), halfOpen, clock);
}

/** The driver \`foo\` of the slot \`breaker\`; the host asks it for a breaker per called service. */
const driver: Driver<'breaker', FooBreakerOptions> = {
  contract: 1,
  slot: 'breaker',
  name: 'foo',
  options: schema,
  async open(options, { clock }) {
    return { value: () => openFooBreaker(options, clock) };
  },
};

export default driver;
`;

const mapping = `import {
  type BreakerState,
  type CircuitBreaker,
  type Clock,
  type Permit,
  type Result,
  WeftError,
  withoutStack,
} from '@weft/core';

/** Stands in for the engine until there is one: opens after \`threshold\` failures in a row, for \`timeoutMs\`. */
export class FooBreaker implements CircuitBreaker {
  private current: BreakerState = 'closed';
  /** Grows with each change of state: outcomes of calls that began before it do not count. */
  private period = 0;
  private failures = 0;
  private openedAt = 0;
  private isProbing = false;

  constructor(
    private readonly threshold: number,
    private readonly timeoutMs: number,
    private readonly halfOpen: boolean,
    private readonly clock: Clock,
  ) {}

  /** Worked out when it is read: there is no timer. */
  get state(): BreakerState {
    const isOver = this.current === 'open' && this.clock.now() - this.openedAt >= this.timeoutMs;
    if (isOver) this.change(this.halfOpen ? 'half-open' : 'closed');
    return this.current;
  }

  isClosed(): boolean {
    return this.state === 'closed';
  }

  isOpen(): boolean {
    return this.state === 'open';
  }

  isHalfOpen(): boolean {
    return this.state === 'half-open';
  }

  open(): void {
    this.openedAt = this.clock.now();
    this.change('open');
  }

  close(): void {
    this.change('closed');
  }

  tryEnter(): Permit | undefined {
    const { state, period } = this;
    if (state === 'open' || (state === 'half-open' && this.isProbing)) return undefined;
    this.isProbing = state === 'half-open';
    let isDone = false;
    return {
      done: (result) => {
        if (!isDone && period === this.period) this.judge(result);
        isDone = true;
      },
    };
  }

  async execute<T>(task: () => Promise<T>): Promise<T> {
    const permit = this.tryEnter();
    if (!permit) throw withoutStack(() => new WeftError('WEFT_BREAKER_OPEN', 'the circuit breaker is open'));
    const startedAt = this.clock.now();
    try {
      const value = await task();
      permit.done('ok', this.clock.now() - startedAt);
      return value;
    } catch (error) {
      permit.done(isCancel(error) ? 'ignored' : 'failed', this.clock.now() - startedAt);
      throw error;
    }
  }

  private judge(result: Result): void {
    this.isProbing = false;
    if (result === 'ignored') return;
    if (result === 'ok') {
      this.failures = 0;
      if (this.current === 'half-open') this.change('closed');
    } else if (++this.failures >= this.threshold || this.current === 'half-open') this.open();
  }

  private change(state: BreakerState): void {
    this.current = state;
    this.period++;
    this.failures = 0;
    this.isProbing = false;
  }
}

function isCancel(error: unknown): boolean {
  if (error instanceof WeftError) return error.code === 'WEFT_CANCELLED';
  return error instanceof Error && error.name === 'AbortError';
}
`;

/** A breaker that counts failures in a row. */
export const breakerTemplate: DriverTemplate = {
  description: 'Circuit breaker driver foo.',
  index,
  mapping,
  opens: 'openFooBreaker',
  suite: 'breakerSuite',
  target: `{
    name: 'breaker-foo',
    create: ({ clock, threshold, timeout, halfOpen }) => openFooBreaker({ threshold, timeout, halfOpen }, clock),
    supports: {
      manyProbes: false,
      countMode: false,
      rateMode: false,
      ignoredInRate: false,
      slowCalls: false,
      growingOpenTime: false,
    },
  }`,
  example: `import assert from 'node:assert/strict';
import { openFooBreaker } from '{{package}}';

const breaker = openFooBreaker({ threshold: 1 });
await assert.rejects(breaker.execute(() => Promise.reject(new Error('service error'))));
assert.ok(breaker.isOpen());`,
  options: `| \`threshold\` | 5 | Failures in a row that open it |
| \`timeout\` | 30 s | How long it stays open |
| \`halfOpen\` | true | False = closes directly after that |`,
};
