import type { ReceivedMetric } from '@weft-tooling/servers';

/** What every service of Weft measures (S160 to S163). */
const MEASURED = [
  'service.requests',
  'service.response_time',
  'service.errors',
  'service.calls',
  'service.call_duration',
] as const;

/** What has been pushed to a collector. */
export interface PushedPoints {
  /** Points by the name of their metric; 0 where none has come. */
  readonly byMetric: readonly (readonly [name: string, points: number])[];
  /** Ids of the processes that they came from. */
  readonly processes: ReadonlySet<string>;
}

/** Counts the points of the metrics that every service has, and tells who has sent them. */
export function pushedPoints(received: readonly ReceivedMetric[]): PushedPoints {
  const pointsOf = (name: string) => {
    return received.filter((metric) => metric.name === name).reduce((sum, { points }) => sum + points, 0);
  };
  return {
    byMetric: MEASURED.map((name) => [name, pointsOf(name)] as const),
    processes: new Set(received.map(({ resource }) => String(resource['service.instance.id']))),
  };
}
