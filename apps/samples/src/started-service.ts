import { type Logger, noopLogger } from '@weft/core';
import { createService } from '@weft/host';
import type { Service, ServiceHandler } from '@weft/service';
import { onTestFinished } from 'vitest';
import { PORT, REGISTRY } from './backend.js';

/** A service for one test: it runs, is registered, and is gone when the test is over. */
export async function startedService(
  config: { readonly name: string; readonly id?: string },
  handlers: Readonly<Record<string, ServiceHandler>> = {},
  logger: Logger = noopLogger,
): Promise<Service> {
  const service = await createService({ ...config, port: PORT, registry: REGISTRY }, { logger });
  for (const [path, handler] of Object.entries(handlers)) service.addHandler(path, handler);
  onTestFinished(() => service.stop({ immediate: true }));
  await service.start();
  return service;
}

/** Where a service answers. */
export function urlOf(service: Service, path: string): string {
  return `http://${service.address}:${service.port}${path}`;
}
