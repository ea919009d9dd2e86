import { againOf } from './run-area.mjs';

const SERVERS = /** @type {const} */ (['redis', 'etcd', 'consul']);

/** @typedef {import('./figure-area.mjs').FigureVariant} FigureVariant */
/** @typedef {import('./figure-area.mjs').Figure} Figure */

/**
 * Changes a second: a watch of ours asks Consul once a second while that has news all the time, so a calm pace is shown beside it.
 * @typedef {{ server: typeof SERVERS[number], label: string, perSecond: number, calls: number, p50Ms?: number, p99Ms?: number }} Pace
 */

/** @type {readonly Pace[]} */
const paces = [
  { server: 'redis', label: 'redis', perSecond: 50, calls: 300, p50Ms: 1, p99Ms: 5 },
  { server: 'etcd', label: 'etcd', perSecond: 50, calls: 300, p50Ms: 4 },
  { server: 'consul', label: 'consul', perSecond: 50, calls: 300 },
  { server: 'consul', label: 'consul, calm', perSecond: 1, calls: 12 },
];

/** @type {FigureVariant[]} */
const changes = paces.flatMap(({ server, label, perSecond, calls, p50Ms, p99Ms }) => {
  const bare = `change, ${label}: bare`;
  const figures = [
    atMost({ key: 'p50Ms', label: 'p50', unit: 'ms' }, p50Ms),
    atMost({ key: 'p99Ms', label: 'p99', unit: 'ms' }, p99Ms),
  ];
  const told = { key: 'p50Ms', label: 'p50', unit: 'ms' };
  const common = { server, calls, options: { perSecond } };
  return [
    // The same twice, as a control, where a goal is judged by it.
    ...(p50Ms === undefined ? [bare] : [bare, againOf(bare)]).map((name) => ({
      ...common,
      name,
      module: './p6/change-bare.mjs',
      figures: [told, { ...told, key: 'p99Ms', label: 'p99' }],
    })),
    {
      ...common,
      name: `change, ${label}: weft`,
      module: './p6/change-weft.mjs',
      ...(p50Ms !== undefined && { control: bare }),
      figures,
    },
  ];
});

/** @type {FigureVariant[]} */
const heaps = [
  { name: '100,000 instances: plain objects', module: './p6/heap-plain.mjs', options: {}, goal: undefined },
  { name: '100,000 instances: weft', module: './p6/heap-weft.mjs', options: {}, goal: 30 },
  { name: '100,000 instances: weft, called', module: './p6/heap-weft.mjs', options: { isFollowed: true }, goal: undefined },
].map(({ goal, ...variant }) => ({
  ...variant,
  calls: 100_000,
  figures: [
    atMost({ key: 'allMB', label: 'heap', unit: 'MB' }, goal),
    { key: 'perInstanceBytes', label: 'per instance', unit: 'B' },
    ...(variant.module.includes('plain') ? [] : [{ key: 'perServiceBytes', label: 'per service', unit: 'B' }]),
  ],
}));

/** @type {FigureVariant[]} */
const applied = [
  { name: 'one change of 1,000 x 100', calls: 20_000, options: { services: 1_000, each: 100, by: 'put' }, goal: 5 },
  {
    name: 'one change of 1,000 x 100, called',
    calls: 20_000,
    options: { services: 1_000, each: 100, by: 'put', isFollowed: true },
  },
  { name: 'one change of 1 x 10,000', calls: 2_000, options: { services: 1, each: 10_000, by: 'put' } },
  { name: 'one change of 1 x 10,000, called', calls: 500, options: { services: 1, each: 10_000, by: 'put', isFollowed: true } },
  { name: 'one list of 1 x 10,000', calls: 20, options: { services: 1, each: 10_000, by: 'list' }, goal: 10_000 },
  { name: 'one list of 1 x 10,000, called', calls: 20, options: { services: 1, each: 10_000, by: 'list', isFollowed: true } },
].map(({ goal, ...variant }) => ({
  ...variant,
  module: './p6/apply-changes.mjs',
  figures: [atMost({ key: 'perChangeUs', label: 'CPU', unit: 'us' }, goal)],
}));

/** On disk: Consul in memory is a developer's, which indents its answers to twice the bytes. @type {FigureVariant[]} */
const firstLists = SERVERS.flatMap((server) =>
  [true, false].map((isBare) => ({
    name: `10,000 of one service, ${server}: ${isBare ? 'bare' : 'weft'}`,
    module: `./p6/first-list-${isBare ? 'bare' : 'weft'}.mjs`,
    before: './p6/fill.mjs',
    server,
    data: 'disk',
    calls: 10_000,
    options: { isBare },
    figures: [
      atMost({ key: 'listedMs', label: 'listed', unit: 'ms' }, isBare ? undefined : 500),
      atMost({ key: 'longestMs', label: 'longest stall', unit: 'ms' }, isBare ? undefined : 50),
      { key: 'longestCpuMs', label: 'of it own CPU', unit: 'ms' },
      atMost({ key: 'rssMB', label: 'RSS', unit: 'MB' }, isBare ? undefined : 60),
    ],
  })),
);

/** @type {FigureVariant} */
const churn = {
  name: '1,000 x 10, 100 changes a second',
  module: './p6/churn.mjs',
  calls: 2_000,
  figures: [
    { key: 'p99Ms', label: 'loop lag p99', unit: 'ms', atMost: 50 },
    { key: 'longestMs', label: 'longest', unit: 'ms' },
  ],
};

/** @type {FigureVariant[]} */
const beats = SERVERS.map((server) => ({
  name: `a beat, ${server}`,
  module: './p6/beat.mjs',
  server,
  calls: 20,
  figures: [
    { key: 'requests', label: 'requests', unit: '' },
    { key: 'bytes', label: 'both ways', unit: 'B' },
    { key: 'events', label: 'told to a watcher', unit: '', atMost: 0 },
  ],
}));

/** R43: no 100 ms hold more than 20 % of the first attempts, and no client tries more than 3 times in 5 s. @type {FigureVariant[]} */
const herds = SERVERS.map((server) => ({
  name: `200 watchers of a restarted ${server}`,
  module: './p6/herd.mjs',
  server,
  startsServer: true,
  calls: 200,
  figures: [
    { key: 'backMs', label: 'all back', unit: 'ms' },
    { key: 'fullestPercent', label: 'in the fullest 100 ms', unit: '%', atMost: 20 },
    { key: 'attempts', label: 'attempts p95', unit: '', atMost: 3 },
  ],
}));

/** Discovery: how soon a change is where a balancer picks, and what it costs to know many instances. @type {import('./figure-area.mjs').FigureArea} */
export const p6 = {
  name: 'p6',
  title: 'P6 DISCOVERY',
  rounds: 5,
  variants: [...changes, ...heaps, ...applied, ...firstLists, churn, ...beats, ...herds],
};

/**
 * @param {Figure} figure
 * @param {number | undefined} goal
 * @returns {Figure}
 */
function atMost(figure, goal) {
  return goal === undefined ? figure : { ...figure, atMost: goal };
}
