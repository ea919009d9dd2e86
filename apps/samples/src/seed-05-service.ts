import type { HealthCheck, Service, ServiceHandler } from '@weft/service';

/** The seed's `Service`, member by member; several health checks have names. */
export interface SeedService {
  start(): Promise<void>;
  stop(): Promise<void>;
  isRunning(): boolean;

  register(): Promise<void>;
  deregister(): Promise<void>;
  isRegistered(): boolean;

  addHandler(path: string, handler: ServiceHandler): void;
  removeHandler(path: string): void;
  getHandlers(): Map<string, ServiceHandler>;

  setHealthCheck(healthCheck: Readonly<Record<string, HealthCheck>>): void;
  getHealthCheck(): Record<string, HealthCheck>;

  setMetadata(metadata: Readonly<Record<string, string>>): void;
  getMetadata(): Record<string, string>;

  setVersion(version: string): void;
  getVersion(): string;
}

/** Compiles only as long as our service has all of it. */
export function asSeedService(service: Service): SeedService {
  return service;
}
