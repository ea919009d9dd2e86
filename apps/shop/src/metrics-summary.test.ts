import { describe, expect, it } from 'vitest';
import { callsIn, requestsIn } from './metrics-summary.js';

/** Two processes, the second with a path that is hard to read. */
const TEXTS = [
  `# HELP service_requests_total Requests that the service has answered.
# TYPE service_requests_total counter
service_requests_total{method="GET",path="/users/:id",status="200",status_class="2xx"} 90
service_requests_total{method="GET",path="/users/:id",status="500",status_class="5xx"} 6
service_errors_total{method="GET",path="/users/:id"} 6
service_response_time_seconds_bucket{method="GET",path="/users/:id",le="0.01"} 80
service_response_time_seconds_bucket{method="GET",path="/users/:id",le="0.02"} 96
service_response_time_seconds_bucket{method="GET",path="/users/:id",le="+Inf"} 96
service_response_time_seconds_sum{method="GET",path="/users/:id"} 0.7
service_response_time_seconds_count{method="GET",path="/users/:id"} 96
process_uptime_seconds 12.5
`,
  `service_requests_total{method="GET",path="/a \\"}{\\" b",status="200",status_class="2xx"} 4
service_response_time_seconds_bucket{method="GET",path="/a \\"}{\\" b",le="0.01"} 0
service_response_time_seconds_bucket{method="GET",path="/a \\"}{\\" b",le="0.02"} 4
service_response_time_seconds_bucket{method="GET",path="/a \\"}{\\" b",le="+Inf"} 4
service_calls_total{target_service="users",method="GET",path="unmatched",success="true"} 7
service_calls_total{target_service="users",method="GET",path="unmatched",success="false"} 2
service_calls_total{target_service="stock",method="GET",path="unmatched",success="true"} 100
service_call_duration_seconds_bucket{target_service="users",le="10"} 0
service_call_duration_seconds_bucket{target_service="users",le="+Inf"} 9
`,
];

describe('requestsIn', () => {
  it('adds up what the processes of a service show', () => {
    const { p95Ms, ...counts } = requestsIn(TEXTS);
    expect(counts).toEqual({ count: 100, failed: 6 });
    expect(p95Ms).toBeCloseTo(17.5);
  });

  it('knows of none where nothing was asked', () => {
    expect(requestsIn([])).toEqual({ count: 0, failed: 0, p95Ms: undefined });
  });
});

describe('callsIn', () => {
  it('adds up the calls to one service', () => {
    expect(callsIn(TEXTS, 'users')).toEqual({ count: 9, failed: 2, p95Ms: 10_000 });
    expect(callsIn(TEXTS, 'nobody')).toEqual({ count: 0, failed: 0, p95Ms: undefined });
  });
});
