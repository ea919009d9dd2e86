/** Address of the Consul that the samples run on; without one they run on drivers that need no server. */
const consul = process.env.SAMPLES_CONSUL;

/** What a sample writes behind `registry:`. With Consul the seed would say `consul`, as it stands at its usual port. */
export const REGISTRY = consul ? { driver: 'consul', address: consul } : 'file';

/** Where the seed gives an address beside the word, `consul` and `localhost:8500`. The file driver needs none: it is `memory` then. */
export const ADDRESSED = consul
  ? { registry: 'consul', registryAddress: consul }
  : { registry: 'memory', registryAddress: 'samples' };

/** What a sample of the config center names it with. */
export const CENTER = consul ? { registry: 'consul', address: consul } : { registry: 'file' };

/** The seed says 8080 and 8081; 0 takes any free port, so that samples run side by side. */
export const PORT = 0;
