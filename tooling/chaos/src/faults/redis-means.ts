import type { BackendMeans } from './backend-means.js';

const ADMIN = ['-a', 'root-secret', '--no-auth-warning'];
const CREDENTIALS = { username: 'weft', password: 'weft-secret' };

/** Redis: ACL users as accounts; the default user is the administrator's. */
export const redisMeans: BackendMeans = {
  driver: 'redis',
  server: 'redis',
  credentials: CREDENTIALS,
  wrongCredentials: { password: 'wrong-secret' },
  accountArgs: [
    '--requirepass',
    'root-secret',
    '--user',
    CREDENTIALS.username,
    'on',
    `>${CREDENTIALS.password}`,
    '~*',
    '&*',
    '+@all',
  ],
  async openAccounts() {},
  async revoke(server) {
    await server.run([...ADMIN, 'ACL', 'SETUSER', CREDENTIALS.username, 'off']);
    await server.run([...ADMIN, 'CLIENT', 'KILL', 'USER', CREDENTIALS.username]);
  },
  async restore(server) {
    await server.run([...ADMIN, 'ACL', 'SETUSER', CREDENTIALS.username, 'on']);
  },
  async narrow(server) {
    await server.run([...ADMIN, 'ACL', 'SETUSER', CREDENTIALS.username, 'resetkeys', 'resetchannels']);
  },
  async widen(server) {
    await server.run([...ADMIN, 'ACL', 'SETUSER', CREDENTIALS.username, '~*', '&*']);
  },
  async setConfig(server, key, text) {
    await server.run([...ADMIN, '-x', 'SET', key], { input: text });
  },
  async removeConfig(server, key) {
    await server.run([...ADMIN, 'DEL', key]);
  },
  async putRecord(server, service, id, text) {
    await server.run([...ADMIN, '-x', 'HSET', `weft:services:{${encodeURIComponent(service)}}`, id], { input: text });
  },
};
