import type { InstanceStatus } from '@weft/core';
import type { Readiness } from './readiness.js';
import { json } from './reply.js';
import type { RouteTable } from './route-table.js';

/** What the health paths tell of. */
export interface HealthSource {
  readonly path: string;
  readonly readiness: Readiness;
  /** Whether the service wants traffic now. */
  status(): InstanceStatus;
}

/**
 * Adds the health path (all checks, 200 or 503), `/livez` (200 while the process can answer at all) and `/readyz` (200
 * while the service wants traffic). A user's route of the same path goes before each of them.
 */
export function addHealthRoutes(routes: RouteTable, { path, readiness, status }: HealthSource): void {
  const flags = { isBuiltIn: true, readsBody: false };
  const health = async () => {
    const report = await readiness.report();
    return json(report, { status: report.status === 'healthy' ? 200 : 503 });
  };
  const ready = async () => {
    await readiness.health.check();
    return json({ status: status() }, { status: status() === 'up' ? 200 : 503 });
  };
  routes.add('GET /livez', () => ({ status: 'up' }), flags);
  routes.add('GET /readyz', ready, flags);
  routes.add(`GET ${path}`, health, flags);
}
