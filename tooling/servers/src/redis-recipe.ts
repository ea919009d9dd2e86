import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type LaunchPlan, portOf, type ServerRecipe } from './server-recipe.js';

/** Redis. Ready when it answers a PING, be it with a demand for a password. */
export const redisRecipe: ServerRecipe = {
  ports: ['client'],
  usualPort: 6_379,
  data: 'memory',
  configName: () => 'redis.conf',
  stopSignal: 'SIGTERM',
  args: (plan) => [
    ...(plan.configFile ? [plan.configFile] : []),
    ...['--bind', '127.0.0.1', '--dir', 'data', '--daemonize', 'no', '--save', ''],
    ...(plan.data === 'disk' ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']),
    ...listenArgs(plan),
  ],
  isReady: async (plan) => /^(\+PONG|-NOAUTH)/.test(await ping(plan)),
  tool: (plan, args) => ({
    args: ['-h', '127.0.0.1', '-p', String(portOf(plan, 'client')), '-e', ...toolTls(plan), ...args],
    env: {},
  }),
};

function listenArgs(plan: LaunchPlan): string[] {
  const port = String(portOf(plan, 'client'));
  if (!plan.tls) return ['--port', port];
  const { certFile, keyFile, caFile, clientCertificates } = plan.tls;
  return [
    ...['--port', '0', '--tls-port', port, '--tls-cert-file', certFile, '--tls-key-file', keyFile],
    ...['--tls-ca-cert-file', caFile, '--tls-auth-clients', clientCertificates ? 'yes' : 'no'],
  ];
}

function toolTls({ tls }: LaunchPlan): string[] {
  return tls ? ['--tls', '--cacert', tls.caFile, '--cert', tls.certFile, '--key', tls.keyFile] : [];
}

function ping(plan: LaunchPlan): Promise<string> {
  const target = { host: '127.0.0.1', port: portOf(plan, 'client') };
  const { tls } = plan;
  return new Promise((resolve, reject) => {
    const socket: Socket = tls
      ? connectTls({ ...target, rejectUnauthorized: false, cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) })
      : connect(target);
    socket.setTimeout(1_000, () => socket.destroy(new Error('no answer to PING')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed before it answered')));
    socket.once('data', (data) => {
      resolve(String(data));
      socket.destroy();
    });
    socket.write('PING\r\n');
  });
}
