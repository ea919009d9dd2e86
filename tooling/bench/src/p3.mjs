/** Spans leave by 512, and a request in ten has one: in fewer requests hardly any of them would leave while it is measured. */
const EXPORTING = 4;

/** A request at a service. @type {import('./area.mjs').Area} */
export const p3 = {
  name: 'p3',
  title: 'P3 service: CPU of the server, 64 requests at a time',
  measures: 'server',
  unit: 'us',
  floor: 'node:http',
  calls: 5_000,
  variants: [
    { name: 'node:http', module: './p3/node-http.mjs' },
    { name: 'fastify', module: './p3/fastify.mjs' },
    { name: 'express', module: './p3/express.mjs', share: 0.5 },
    { name: 'hono', module: './p3/hono.mjs' },
    { name: 'weft', module: './p3/weft.mjs', goals: [{ against: 'node:http', atLeast: 0.95 }] },
    { name: 'weft, measured', module: './p3/weft.mjs', metrics: true, goals: [{ against: 'node:http', atLeast: 0.95 }] },
    { name: 'weft, traced', module: './p3/weft-traced.mjs', share: EXPORTING },
    {
      name: 'weft, everything on',
      module: './p3/weft-everything-on.mjs',
      share: EXPORTING,
      goals: [{ against: 'node:http', atLeast: 0.95 }],
    },
  ],
};
