import { type ConfigClient, redacted } from '@weft/config';
import { ServiceError } from '@weft/core';
import { createConfigClient } from '@weft/host';
import type { RequestContext } from '@weft/service';
import { CENTER } from './backend.js';

/** A client of the config center; its keys all begin with `config/`. */
export function createSharedConfig(): Promise<ConfigClient> {
  return createConfigClient({ ...CENTER, prefix: 'config' });
}

/** Reads the config of others, once or for as long as it changes. */
export class ConfigController {
  constructor(
    private readonly configClient: ConfigClient,
    private readonly handleConfigChange: (config: unknown) => void,
  ) {}

  /** Handler of `GET /config`; what sounds like a secret is hidden (A21). */
  async getConfig({ json }: RequestContext) {
    const database = await this.configClient.require('database').catch(() => {
      throw new ServiceError(500, 'Failed to get database config');
    });
    const cache = await this.configClient.require('cache').catch(() => {
      throw new ServiceError(500, 'Failed to get cache config');
    });
    return json({ database: redacted(database), cache: redacted(cache) });
  }

  /** Hands over the value as it is now, then every change, until the signal ends it; rejects when it cannot start. */
  async watchConfig(signal: AbortSignal): Promise<void> {
    for await (const config of this.configClient.watch('database', { signal })) this.handleConfigChange(config);
  }
}
