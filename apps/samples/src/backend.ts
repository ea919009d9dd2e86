/** The seed says `consul`. The driver's word is all that changes: this one needs no server, so the samples run anywhere. */
export const REGISTRY = 'file';

/** Where the seed gives an address beside the word: there it is `consul` and `localhost:8500`; the file driver has no address. */
export const ADDRESSED = { registry: 'memory', registryAddress: 'samples' } as const;

/** The seed says 8080 and 8081; 0 takes any free port, so that samples run side by side. */
export const PORT = 0;
