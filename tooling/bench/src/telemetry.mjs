/** Of 10,000 traces that begin at a ratio of 0.1, in percent; three standard deviations are 0.9. */
const A_TENTH = { atLeast: 8.5, atMost: 11.5 };

/** What traces and metrics cost, and which traces are kept. @type {import('./figure-area.mjs').FigureArea} */
export const telemetry = {
  name: 'telemetry',
  title: 'TELEMETRY: CPU of the process that is measured; spans go to a collector in another process, as OTLP',
  rounds: 5,
  variants: [
    {
      name: 'span, not sampled',
      module: './telemetry/request-spans.mjs',
      calls: 500_000,
      options: { isSampled: false },
      figures: [{ key: 'ns', label: 'header to end', unit: 'ns', atMost: 500 }],
    },
    {
      name: 'span, sampled',
      module: './telemetry/request-spans.mjs',
      calls: 102_400,
      options: { isSampled: true },
      figures: [{ key: 'ns', label: 'header to report', unit: 'ns', atMost: 6_000 }],
    },
    {
      name: 'ratio 0.1',
      module: './telemetry/kept-traces.mjs',
      calls: 10_000,
      options: { sampler: 0.1, tail: false },
      figures: [{ key: 'goodPercent', label: 'traces kept', unit: '%', ...A_TENTH }],
    },
    {
      name: 'ratio 0.1, tail',
      module: './telemetry/kept-traces.mjs',
      calls: 10_000,
      options: { sampler: 0.1, tail: true },
      figures: [
        { key: 'goodPercent', label: 'good traces kept', unit: '%', ...A_TENTH },
        { key: 'failedPercent', label: 'failed traces kept', unit: '%', atLeast: 100 },
      ],
    },
    {
      name: 'counter and distribution',
      module: './telemetry/observations.mjs',
      calls: 1_000_000,
      figures: [{ key: 'ns', label: 'one of each', unit: 'ns', atMost: 150 }],
    },
    {
      name: 'scrape of 2,000 series',
      module: './telemetry/scrape.mjs',
      calls: 2_000,
      figures: [
        { key: 'loopMs', label: 'event loop', unit: 'ms', atMost: 20 },
        { key: 'MB', label: 'fetched', unit: 'MB' },
      ],
    },
  ],
};
