import { randomFillSync } from 'node:crypto';
import type { Random } from '@weft/core';

const POOL_BYTES = 2_048;
const TRACE_ID_DIGITS = 32;
const SPAN_ID_DIGITS = 16;
const ZERO = 48;

const bytes = Buffer.allocUnsafe(POOL_BYTES);
let pool = '';
let used = 0;

/** 32 random hex digits, not all zero. Cut from a pool of the process, or made with `random` when a test gives one. */
export function newTraceId(random?: Random): string {
  return randomHex(TRACE_ID_DIGITS, random);
}

/** 16 random hex digits, not all zero. Cut from a pool of the process, or made with `random` when a test gives one. */
export function newSpanId(random?: Random): string {
  return randomHex(SPAN_ID_DIGITS, random);
}

function randomHex(digits: number, random: Random | undefined): string {
  for (;;) {
    const id = random ? drawn(digits, random) : cut(digits);
    // Of sixteen ids one begins with a zero: only that need be read to its end.
    if (id.charCodeAt(0) !== ZERO || !/^0+$/.test(id)) return id;
  }
}

/** One system call for 2 KB of random bytes serves about 85 calls; asking for each id alone costs several times more. */
function cut(digits: number): string {
  if (used + digits > pool.length) {
    pool = randomFillSync(bytes).toString('hex');
    used = 0;
  }
  used += digits;
  return pool.slice(used - digits, used);
}

function drawn(digits: number, random: Random): string {
  let id = '';
  for (let digit = 0; digit < digits; digit++) id += Math.floor(random() * 16).toString(16);
  return id;
}
