import { type Driver, nearestName, type Slots } from '@weft/core';
import type { CodedProblem } from './problems.js';

/** Every slot that a driver can fill. */
const SLOTS: Readonly<Record<keyof Slots, true>> = {
  registry: true,
  config: true,
  transport: true,
  balancer: true,
  breaker: true,
  tracing: true,
  metrics: true,
  logging: true,
  ratelimit: true,
  idempotency: true,
  plugin: true,
};

/** What a module was asked to be. */
export interface ExpectedDriver {
  /** Path in the config that asked for it. */
  readonly path: string;
  /** Package or path it came from, for messages. */
  readonly origin: string;
  /** The slot it must fill; any when left out. */
  readonly slot?: keyof Slots | undefined;
  /** The name it must have; any when left out. */
  readonly name?: string | undefined;
}

/** Whether a module's default export is a driver as asked for; all that is wrong with it, as WEFT_PLUGIN_INVALID. */
export function checkDriver(value: unknown, expected: ExpectedDriver): { driver: Driver } | { problems: CodedProblem[] } {
  const faults = isObject(value) ? faultsOf(value, expected) : ['its default export is no driver'];
  if (faults.length === 0) return { driver: value as Driver };
  const { path, origin } = expected;
  return { problems: faults.map((fault) => ({ path, message: `${origin}: ${fault}`, code: 'WEFT_PLUGIN_INVALID' as const })) };
}

function faultsOf(value: Readonly<Record<string, unknown>>, expected: ExpectedDriver): string[] {
  const { contract, slot, name, needs, options, open } = value;
  if (contract !== 1) return [`speaks contract ${String(contract)} of drivers, and this @weft/host speaks contract 1`];
  const faults: string[] = [];
  if (!isSlot(slot)) faults.push(`"slot" is ${String(slot)}: ${expectedSlot(String(slot))}`);
  else if (expected.slot && slot !== expected.slot) faults.push(`fills the slot "${slot}", and "${expected.slot}" was asked for`);
  if (typeof name !== 'string' || name === '') faults.push('"name" is missing');
  else if (expected.name && name !== expected.name) faults.push(`is named "${name}", and "${expected.name}" was asked for`);
  if (!isSchema(options)) faults.push('"options" is no Standard Schema');
  if (typeof open !== 'function') faults.push('"open" is no function');
  if (needs !== undefined && !Array.isArray(needs)) faults.push('"needs" is no list');
  for (const need of Array.isArray(needs) ? needs : []) {
    if (!isSlot(need) || need === 'plugin') faults.push(`needs "${String(need)}": ${expectedSlot(String(need))}`);
  }
  return faults;
}

function expectedSlot(found: string): string {
  const nearest = nearestName(found, Object.keys(SLOTS));
  return `expected one of ${Object.keys(SLOTS).join(', ')}${nearest ? `. Did you mean "${nearest}"?` : ''}`;
}

function isSlot(value: unknown): value is keyof Slots {
  return typeof value === 'string' && Object.hasOwn(SLOTS, value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** A schema may be a function too, as arktype's are. */
function isSchema(value: unknown): boolean {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || !('~standard' in value)) return false;
  const standard = value['~standard'];
  return isObject(standard) && typeof standard.validate === 'function';
}
