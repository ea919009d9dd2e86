import type { DriverTemplate } from './driver-template.js';

const index = `import type { Driver } from '@weft/core';
import { z } from 'zod';
import { createFooBalancer, type FooBalancerOptions } from './foo-balancer.js';

export { createFooBalancer, type FooBalancerOptions } from './foo-balancer.js';

declare global {
  interface WeftDrivers {
    'balancer/foo': FooBalancerOptions;
  }
}

const schema: z.ZodType<FooBalancerOptions> = z.strictObject({
  step: z.number().int().positive().optional(),
});

/** The driver \`foo\` of the slot \`balancer\`; the host asks it for a balancer per called service. */
const driver: Driver<'balancer', FooBalancerOptions> = {
  contract: 1,
  slot: 'balancer',
  name: 'foo',
  options: schema,
  async open(options) {
    return { value: () => createFooBalancer(options) };
  },
};

export default driver;
`;

const mapping = `import type { LoadBalancer } from '@weft/core';

/** Options of the strategy \`foo\`. */
export interface FooBalancerOptions {
  /** How far the turn moves with each call; 1 unless set. */
  readonly step?: number | undefined;
}

/**
 * Stands in for the strategy until there is one: hands out the instances in turn. Whatever is dear to work out, keep it per
 * snapshot, in a WeakMap; what is known of an instance, in a WeakMap by its handle.
 */
export function createFooBalancer({ step = 1 }: FooBalancerOptions = {}): LoadBalancer {
  let turn = 0;
  return {
    strategy: 'foo',
    pick(from, call) {
      if (from.length === 0) return undefined;
      turn += step;
      let instance = from[turn % from.length];
      for (let further = 1; further < from.length && instance && call.skip(instance); further++) {
        instance = from[(turn + further) % from.length];
      }
      return instance && { instance, done: () => {} };
    },
  };
}
`;

/** A balancer that hands out the instances in turn. */
export const balancerTemplate: DriverTemplate = {
  description: 'Load balancing strategy foo.',
  index,
  mapping,
  opens: 'createFooBalancer',
  suite: 'balancerSuite',
  target: `{
    strategy: 'foo',
    supports: { weights: false, load: false, latency: false, warmUp: false, keys: false, bounds: false },
    create: () => createFooBalancer(),
  }`,
  example: `import assert from 'node:assert/strict';
import { createFooBalancer } from '{{package}}';

const balancer = createFooBalancer();
assert.equal(balancer.strategy, 'foo');
assert.equal(balancer.pick([], { skip: () => false }), undefined);`,
  options: '| `step` | 1 | How far the turn moves with each call |',
};
