export { type ConsulCluster, startConsulCluster } from './consul-cluster.js';
export { type DescribeFunction, describeOn } from './describe-on.js';
export { type FaultProxy, startFaultProxy } from './fault-proxy.js';
export { type FindServerOptions, type FoundServer, findServer, type MissingServer } from './find-server.js';
export { type ObtainOptions, obtainServer, obtainServers } from './obtain-servers.js';
export type { RunningServer } from './running-server.js';
export { isServerName, type ServerName, serverNames } from './server-name.js';
export type { ServerTls } from './server-recipe.js';
export { type StartServerOptions, startServer } from './start-server.js';
