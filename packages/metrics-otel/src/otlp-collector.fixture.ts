import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ProtoFields, protoFields } from './proto-fields.fixture.js';

/** One point of a metric, as a collector reads it. */
export interface ReceivedPoint {
  /** Its attributes. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Value of a sum or gauge; sum of a distribution. */
  readonly value: number;
  /** Observations per bucket of a distribution. */
  readonly buckets?: readonly number[];
  /** Upper bounds of the buckets. */
  readonly bounds?: readonly number[];
}

/** One metric, as a collector reads it. */
export interface ReceivedMetric {
  /** Its name. */
  readonly name: string;
  /** UCUM code. */
  readonly unit: string;
  /** What it says. */
  readonly description: string;
  /** What it is; `sum` only when it is cumulative and grows. */
  readonly kind: 'gauge' | 'sum' | 'histogram' | 'unknown';
  /** Its series. */
  readonly points: readonly ReceivedPoint[];
}

/** One request to the collector. */
export interface ReceivedPush {
  /** Path that was asked for. */
  readonly path: string;
  /** Its headers. */
  readonly headers: IncomingHttpHeaders;
  /** Attributes of the resource. */
  readonly resource: Readonly<Record<string, string>>;
  /** All metrics by name. */
  readonly metrics: ReadonlyMap<string, ReceivedMetric>;
}

/** What a collector does with a request that it has read; 0: nothing at all. */
export type CollectorAnswer = () => number;

/** A collector for tests: reads OTLP metrics in protobuf. Field numbers are those of opentelemetry-proto, metrics/v1. */
export async function openCollector(answer: CollectorAnswer = () => 200) {
  const pushes: ReceivedPush[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    pushes.push({ path: request.url ?? '', headers: request.headers, ...readRequest(Buffer.concat(chunks)) });
    const status = answer();
    if (status) response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { pushes, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

function readRequest(bytes: Buffer): Pick<ReceivedPush, 'resource' | 'metrics'> {
  const resourceMetrics = message(protoFields(bytes), 1);
  const metrics = messages(message(resourceMetrics, 2), 2).map(readMetric);
  return {
    resource: attributesOf(messages(message(resourceMetrics, 1), 1)),
    metrics: new Map(metrics.map((metric) => [metric.name, metric])),
  };
}

function readMetric(metric: ProtoFields): ReceivedMetric {
  const [gauge, sum, histogram] = [5, 7, 9].map((field) => messages(metric, field)[0]);
  const isGrowing = sum?.get(2)?.[0] === 2n && sum.get(3)?.[0] === 1n;
  const points = messages(gauge ?? sum ?? histogram ?? new Map(), 1);
  return {
    name: text(metric, 1),
    description: text(metric, 2),
    unit: text(metric, 3),
    kind: gauge ? 'gauge' : histogram ? 'histogram' : isGrowing ? 'sum' : 'unknown',
    points: points.map(histogram ? readDistribution : readNumber),
  };
}

function readNumber(point: ProtoFields): ReceivedPoint {
  return { attributes: attributesOf(messages(point, 7)), value: bytes(point, 4).readDoubleLE() };
}

function readDistribution(point: ProtoFields): ReceivedPoint {
  const counts = eights(bytes(point, 6)).map((each) => Number(each.readBigUInt64LE()));
  const bounds = eights(bytes(point, 7)).map((each) => each.readDoubleLE());
  return { attributes: attributesOf(messages(point, 9)), value: bytes(point, 5).readDoubleLE(), buckets: counts, bounds };
}

function attributesOf(pairs: readonly ProtoFields[]): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.map((pair) => [text(pair, 1), text(message(pair, 2), 1)]));
}

function bytes(fields: ProtoFields, field: number): Buffer {
  const value = fields.get(field)?.[0];
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
}

function eights(packed: Buffer): Buffer[] {
  return Array.from({ length: packed.length / 8 }, (_, at) => packed.subarray(at * 8, at * 8 + 8));
}

function text(fields: ProtoFields, field: number): string {
  return bytes(fields, field).toString();
}

function message(fields: ProtoFields, field: number): ProtoFields {
  return protoFields(bytes(fields, field));
}

function messages(fields: ProtoFields, field: number): ProtoFields[] {
  return (fields.get(field) ?? []).map((value) => protoFields(Buffer.isBuffer(value) ? value : Buffer.alloc(0)));
}
