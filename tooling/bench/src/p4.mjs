/** What the policies around a call cost by themselves. @type {import('./area.mjs').Area} */
export const p4 = {
  name: 'p4',
  title: 'P4 policy: CPU in one process, one call after the other',
  measures: 'process',
  unit: 'ns',
  floor: 'bare await',
  calls: 400_000,
  variants: [
    { name: 'bare await', module: './p4/bare-await.mjs' },
    { name: 'opossum', module: './p4/opossum.mjs', share: 0.1 },
    { name: 'opossum, no timeout', module: './p4/opossum-without-timeout.mjs', share: 0.2 },
    { name: 'cockatiel breaker', module: './p4/cockatiel-breaker.mjs' },
    { name: 'cockatiel retry+breaker+timeout', module: './p4/cockatiel.mjs', share: 0.02 },
    { name: 'weft breaker, execute', module: './p4/weft-execute.mjs', goals: [{ against: 'bare await', atMostNs: 65 }] },
    { name: 'weft breaker, gate', module: './p4/weft-gate.mjs', goals: [{ against: 'bare await', atMostNs: 65 }] },
    { name: 'weft policy step', module: './p4/weft-policy.mjs', goals: [{ against: 'bare await', atMostNs: 300 }] },
    { name: 'weft trace header', module: './p4/weft-trace.mjs' },
    { name: 'opossum, failing', module: './p4/opossum-failing.mjs', share: 0.00002 },
    { name: 'weft breaker, failing', module: './p4/weft-failing.mjs', goals: [{ against: 'bare await', atMostNs: 2_000 }] },
  ],
};
