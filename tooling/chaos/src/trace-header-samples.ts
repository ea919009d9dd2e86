const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

/** A good `traceparent`. */
export const VALID = `00-${TRACE}-${SPAN}-01`;

const members = (count: number) => Array.from({ length: count }, (_, n) => `k${n}=v`).join(',');

/** Values of `traceparent` that name no position in a trace. Source: W3C Trace Context, level 1, section 3.2. */
export const GARBAGE_PARENTS: readonly string[] = [
  ...['', 'garbage', '-', '---', '00', '00-', '00--', `00-${TRACE}`, `00-${TRACE}-${SPAN}`, `00-${TRACE}-${SPAN}-`],
  ...[`00-${TRACE.slice(1)}-${SPAN}-01`, `00-${TRACE}0-${SPAN}-01`, `00-${TRACE}-${SPAN.slice(1)}-01`, `00-${TRACE}-${SPAN}0-01`],
  ...[
    VALID.toUpperCase(),
    VALID.replace('0af', 'xyz'),
    VALID.replace('b7', 'g7'),
    `00-${TRACE}-${SPAN}-0g`,
    `00-${TRACE}-${SPAN}-1`,
  ],
  ...[`00-${'0'.repeat(32)}-${SPAN}-01`, `00-${TRACE}-${'0'.repeat(16)}-01`, `ff-${TRACE}-${SPAN}-01`, `f-${TRACE}-${SPAN}-01`],
  ...[`${VALID}-extra`, `${VALID}-`, `${VALID}.`, `-${VALID}`, `"${VALID}"`, `${VALID},${VALID}`, VALID.replaceAll('-', '_')],
  ...['{"traceId":1}', "'; DROP TABLE spans; --", '../../etc/passwd', '%0d%0ax-injected: 1', '$(reboot)', '<script>'],
  ...['\xe9\xff\x80', 'a\tb', 'a'.repeat(10_240), `01-${TRACE}-${SPAN}-01-${'a'.repeat(10_240)}`],
  `${VALID}\r\ntraceparent: 00-${'1'.repeat(32)}-${SPAN}-01`,
];

/** Header lines without any `traceparent`. */
export const NO_PARENT: readonly string[] = [
  'tracestate: a=b',
  `tracestate: ${members(200)}`,
  `baggage: ${'k=v,'.repeat(16_384)}`,
  `b3: ${TRACE}-${SPAN}-1`,
  `trace-parent: ${VALID}`,
];

/** Header lines that stand beside a good `traceparent` and are dropped. Source: the same, section 3.3. */
export const BROKEN_STATES: readonly string[] = [
  `tracestate: ${members(200)}`,
  `tracestate: ${members(33)}`,
  `tracestate: a=${'v'.repeat(600)}`,
  `tracestate: ${'a=b,'.repeat(3_000)}`,
  ...['a', '=', 'A=b', 'a=b=c', 'a=b,a=c', 'a=\xe9', ',', 'a b=c'].map((value) => `tracestate: ${value}`),
  'tracestate: a=b\r\ntracestate: B=c',
  `baggage: ${'k=v,'.repeat(16_384)}`,
];

/** Header lines with control characters inside. */
export const NOT_HTTP: readonly string[] = [
  'traceparent: a\rx-injected: 1',
  'traceparent: a\nx-other: 1',
  'traceparent: a\r\n x-injected: 1',
  'traceparent: a\0b',
  'traceparent: a\x1b[31mb',
  'traceparent: a\x7fb',
];
