import type { WeftConfig } from '@weft/host';

/** The seed's tree of eight blocks. In files its snake_case keys are as good as these. */
export type MicroserviceConfig = Required<
  Pick<WeftConfig, 'service' | 'client' | 'registry' | 'loadBalancer' | 'circuitBreaker' | 'tracing' | 'config' | 'serviceMesh'>
>;
