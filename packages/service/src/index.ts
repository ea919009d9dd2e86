export type { Caller } from '@weft/core';
export type { ErrorBody } from './error-reply.js';
export {
  type CheckResult,
  type HealthCheck,
  HealthChecks,
  type HealthChecksOptions,
  type HealthReport,
} from './health-checks.js';
export { HttpListening } from './http-listening.js';
export { type Dispatch, HttpServer, type HttpServerOptions } from './http-server.js';
export type { NodeHandler } from './mount.js';
export { peerIdentity } from './peer-identity.js';
export type {
  ConcurrencyOptions,
  IdempotencyOptions,
  OverloadOptions,
  ProtectionOptions,
  RateLimitAmount,
  RateLimitKey,
  RateLimitOptions,
} from './protection-options.js';
export { json, type ReplyInit, reply, ServiceReply, text } from './reply.js';
export type { QueryValues, ReplyBody, RequestContext, RequestDeadline } from './request-context.js';
export { Service } from './service.js';
export type { ServiceEvents } from './service-events.js';
export type { ServiceHandler, ServiceMiddleware } from './service-handler.js';
export { type RefusalReason, ServiceMonitor } from './service-monitor.js';
export type { DrainOptions, HealthCheckOptions, LimitOptions, ServiceOptions } from './service-options.js';
export type { ServiceParts } from './service-parts.js';
export type { ServiceRegistration, ServiceRegistry } from './service-registry.js';
export type { StopReport } from './stop-report.js';
export { versionMiddleware } from './version-middleware.js';
export { VersionedService } from './versioned-service.js';
