import type { Service } from '@weft/service';

interface Database {
  query(sql: string): Promise<unknown>;
}

interface Cache {
  ping(): Promise<unknown>;
}

/** Both are checked at once, each in bounded time; one that fails makes the service unhealthy, and both are reported. */
export function checkDatabaseAndCache(service: Service, db: Database, cache: Cache): void {
  service.setHealthCheck({ database: () => db.query('SELECT 1'), cache: () => cache.ping() });
}
