/** @type {readonly import('./area.mjs').Goal[]} */
const goals = [
  { against: 'undici request', atLeast: 1 },
  { against: 'hand-rolled stack', atLeast: 3 },
];

/** A call through the client. @type {import('./area.mjs').Area} */
export const p1 = {
  name: 'p1',
  title: 'P1 call: CPU of the caller, 64 calls at a time',
  measures: 'client',
  unit: 'us',
  floor: 'undici request',
  calls: 4_000,
  variants: [
    { name: 'undici request', module: './p1/undici-request.mjs' },
    { name: 'undici request, 3 instances', module: './p1/undici-request-over.mjs', size: 3 },
    { name: 'undici dispatch', module: './p1/undici-dispatch.mjs' },
    { name: 'axios', module: './p1/axios.mjs', share: 0.5 },
    { name: 'opossum + undici', module: './p1/opossum.mjs' },
    { name: 'cockatiel + undici', module: './p1/cockatiel.mjs' },
    { name: 'hand-rolled stack', module: './p1/hand-rolled.mjs' },
    { name: 'weft, 1 instance', module: './p1/weft.mjs', size: 1, goals },
    { name: 'weft', module: './p1/weft.mjs', size: 3, goals },
    { name: 'weft, policies armed', module: './p1/weft-armed.mjs', size: 3, goals },
  ],
};
