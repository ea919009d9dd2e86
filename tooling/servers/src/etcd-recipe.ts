import { httpGetText } from './http-get.js';
import { type LaunchPlan, portOf, type ServerRecipe } from './server-recipe.js';

/** etcd of any line. Ready when it has elected itself, which its own health check tells. */
export const etcdRecipe: ServerRecipe = {
  ports: ['client', 'peer', 'metrics'],
  usualPort: 2_379,
  data: 'disk',
  stopSignal: 'SIGTERM',
  args: (plan) => memberArgs(plan, 0, [plan]),
  isReady: async (plan) => /"health":\s*"true"/.test(await httpGetText(portOf(plan, 'metrics'), '/health')),
  tool: (plan, args) => ({
    args: [`--endpoints=127.0.0.1:${portOf(plan, 'client')}`, ...toolTls(plan), ...args],
    env: { ETCDCTL_API: '3' },
  }),
};

/**
 * One of several servers that elect a leader among them. Ready when it answers, because a leader needs the others.
 * @param plans those of all servers, this one's included
 */
export function etcdMember(index: number, plans: () => readonly LaunchPlan[]): ServerRecipe {
  return {
    ...etcdRecipe,
    args: (plan) => memberArgs(plan, index, plans()),
    isReady: async (plan) => (await httpGetText(portOf(plan, 'metrics'), '/metrics')).length > 0,
  };
}

function memberArgs(plan: LaunchPlan, index: number, plans: readonly LaunchPlan[]): string[] {
  const client = `${plan.tls ? 'https' : 'http'}://127.0.0.1:${portOf(plan, 'client')}`;
  const members = plans.map((each, at) => `n${at + 1}=${peerOf(each)}`).join(',');
  return [
    ...['--name', `n${index + 1}`, '--data-dir', 'data', '--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peerOf(plan), '--initial-advertise-peer-urls', peerOf(plan), '--initial-cluster', members],
    ...['--listen-metrics-urls', `http://127.0.0.1:${portOf(plan, 'metrics')}`, ...serveTls(plan)],
  ];
}

function peerOf(plan: LaunchPlan): string {
  return `http://127.0.0.1:${portOf(plan, 'peer')}`;
}

function serveTls({ tls }: LaunchPlan): string[] {
  if (!tls) return [];
  const authority = tls.clientCertificates ? ['--client-cert-auth', '--trusted-ca-file', tls.caFile] : [];
  return ['--cert-file', tls.certFile, '--key-file', tls.keyFile, ...authority];
}

function toolTls({ tls }: LaunchPlan): string[] {
  return tls ? [`--cacert=${tls.caFile}`, `--cert=${tls.certFile}`, `--key=${tls.keyFile}`] : [];
}
