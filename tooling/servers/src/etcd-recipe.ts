import { httpGetText } from './http-get.js';
import { type LaunchPlan, portOf, type ServerRecipe } from './server-recipe.js';

/** etcd of any line. Ready when it has elected itself, which its own health check tells. */
export const etcdRecipe: ServerRecipe = {
  ports: ['client', 'peer', 'metrics'],
  usualPort: 2_379,
  data: 'disk',
  stopSignal: 'SIGTERM',
  args: (plan) => {
    const client = `${plan.tls ? 'https' : 'http'}://127.0.0.1:${portOf(plan, 'client')}`;
    const peer = `http://127.0.0.1:${portOf(plan, 'peer')}`;
    return [
      ...['--name', 'n1', '--data-dir', 'data', '--listen-client-urls', client, '--advertise-client-urls', client],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `n1=${peer}`],
      ...['--listen-metrics-urls', `http://127.0.0.1:${portOf(plan, 'metrics')}`, ...serveTls(plan)],
    ];
  },
  isReady: async (plan) => /"health":\s*"true"/.test(await httpGetText(portOf(plan, 'metrics'), '/health')),
  tool: (plan, args) => ({
    args: [`--endpoints=127.0.0.1:${portOf(plan, 'client')}`, ...toolTls(plan), ...args],
    env: { ETCDCTL_API: '3' },
  }),
};

function serveTls({ tls }: LaunchPlan): string[] {
  if (!tls) return [];
  const authority = tls.clientCertificates ? ['--client-cert-auth', '--trusted-ca-file', tls.caFile] : [];
  return ['--cert-file', tls.certFile, '--key-file', tls.keyFile, ...authority];
}

function toolTls({ tls }: LaunchPlan): string[] {
  return tls ? [`--cacert=${tls.caFile}`, `--cert=${tls.certFile}`, `--key=${tls.keyFile}`] : [];
}
