import type { BackendName } from './backend.js';

/** Every server there is: where the cases of the drivers are run. */
export const EVERYWHERE: readonly BackendName[] = ['consul', 'etcd', 'etcd35', 'redis'];
