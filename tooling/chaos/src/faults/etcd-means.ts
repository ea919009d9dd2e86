import { type RunningServer, startEtcdCluster } from '@weft-tooling/servers';
import type { BackendMeans } from './backend-means.js';

const ROOT = ['--user', 'root:root-secret'];
const CREDENTIALS = { username: 'weft', password: 'weft-secret' };

/** etcd 3.4: users and roles as accounts, etcdctl for everything. */
export const etcdMeans: BackendMeans = {
  driver: 'etcd',
  server: 'etcd',
  credentials: CREDENTIALS,
  wrongCredentials: { password: 'wrong-secret' },
  startCluster: () => startEtcdCluster(3),
  async openAccounts(server) {
    await server.run(['user', 'add', 'root:root-secret']);
    await server.run(['user', 'grant-role', 'root', 'root']);
    await server.run(['role', 'add', 'weft']);
    await server.run(['role', 'grant-permission', 'weft', '--prefix=true', 'readwrite', '']);
    await openUser(server);
    await server.run(['auth', 'enable']);
  },
  async revoke(server) {
    await server.run([...ROOT, 'user', 'delete', CREDENTIALS.username]);
  },
  restore: (server) => openUser(server),
  async narrow(server) {
    await server.run([...ROOT, 'user', 'revoke-role', CREDENTIALS.username, 'weft']);
  },
  async widen(server) {
    await server.run([...ROOT, 'user', 'grant-role', CREDENTIALS.username, 'weft']);
  },
  async setConfig(server, key, text) {
    await server.run([...ROOT, 'put', key], { input: text });
  },
  async removeConfig(server, key) {
    await server.run([...ROOT, 'del', key]);
  },
  async putRecord(server, service, id, text) {
    const key = `weft/services/${encodeURIComponent(service)}/${encodeURIComponent(id)}`;
    await server.run([...ROOT, 'put', key], { input: text });
  },
  async compact(server) {
    const { header } = JSON.parse(await server.run([...ROOT, 'get', 'none', '-w', 'json'])) as { header: { revision: number } };
    await server.run([...ROOT, 'compact', String(header.revision)]);
  },
};

/** etcd 3.5. */
export const etcd35Means: BackendMeans = { ...etcdMeans, server: 'etcd35', startCluster: () => startEtcdCluster(3, 'etcd35') };

async function openUser(server: RunningServer): Promise<void> {
  await server.run([...ROOT, 'user', 'add', `${CREDENTIALS.username}:${CREDENTIALS.password}`]);
  await server.run([...ROOT, 'user', 'grant-role', CREDENTIALS.username, 'weft']);
}
