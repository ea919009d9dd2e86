/** Whether a call costs more where there are more instances. @type {import('./area.mjs').Area} */
export const instances = {
  name: 'growth-instances',
  title: 'Growth by instances: CPU of the caller, 64 calls at a time',
  measures: 'client',
  unit: 'us',
  floor: '1 instance',
  calls: 4_000,
  variants: [
    { name: '1 instance', module: './p1/weft.mjs' },
    ...[10, 100, 1_000].map((size) => ({ name: `${size} instances`, module: './p1/weft.mjs', size })),
  ],
};

/** Whether a request costs more where there are more routes. @type {import('./area.mjs').Area} */
export const routes = {
  name: 'growth-routes',
  title: 'Growth by routes: CPU of the server, 64 requests at a time over all routes',
  measures: 'server',
  unit: 'us',
  floor: '1 route',
  calls: 5_000,
  variants: [
    { name: '1 route', module: './p3/weft.mjs' },
    ...[100, 1_000].map((size) => ({ name: `${size} routes`, module: './p3/weft.mjs', size })),
  ],
};
