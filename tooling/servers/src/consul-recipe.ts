import { readFileSync } from 'node:fs';
import { httpGetText } from './http-get.js';
import { type LaunchPlan, portOf, type ServerRecipe } from './server-recipe.js';

/** One Consul server that is its own leader: in memory a developer's, on disk a real one. Ready when it leads. */
export const consulRecipe: ServerRecipe = {
  ports: ['http', 'server', 'serfLan', 'dns'],
  usualPort: 8_500,
  data: 'memory',
  configName: (text) => (text.trimStart().startsWith('{') ? 'given.json' : 'given.hcl'),
  stopSignal: 'SIGINT',
  args: (plan) => [...agentArgs(plan), ...modeArgs(plan)],
  isReady: async (plan) => (await ask(plan, '/v1/status/leader')).includes(`127.0.0.1:${portOf(plan, 'server')}`),
  tool: (plan, args) => ({ args: [...args], env: toolEnv(plan) }),
};

/**
 * One of several servers that elect a leader among them. Ready when its agent answers, because a leader needs the others.
 * @param plans those of all servers, this one's included
 */
export function consulMember(index: number, plans: () => readonly LaunchPlan[]): ServerRecipe {
  return {
    ...consulRecipe,
    data: 'disk',
    args: (plan) => [
      ...agentArgs(plan, `n${index + 1}`),
      ...['-server', '-bootstrap-expect', String(plans().length), '-data-dir', 'data', '-hcl', quick],
      ...plans().flatMap((each) => ['-retry-join', `127.0.0.1:${portOf(each, 'serfLan')}`]),
    ],
    isReady: async (plan) => (await ask(plan, '/v1/agent/self')).length > 0,
  };
}

/** Elections in a second instead of five. */
const quick = 'performance { raft_multiplier = 1 }';

function agentArgs(plan: LaunchPlan, node = 'n1'): string[] {
  return [
    ...['agent', '-node', node, '-bind', '127.0.0.1', '-client', '127.0.0.1', '-dns-port', String(portOf(plan, 'dns'))],
    ...[plan.tls ? '-https-port' : '-http-port', String(portOf(plan, 'http')), ...(plan.tls ? ['-http-port', '-1'] : [])],
    ...['-server-port', String(portOf(plan, 'server')), '-serf-lan-port', String(portOf(plan, 'serfLan'))],
    ...['-serf-wan-port', '-1', '-grpc-port', '-1', '-hcl', 'disable_update_check = true'],
    ...(plan.tls ? ['-hcl', tlsConfig(plan.tls)] : []),
    ...(plan.configFile ? ['-config-file', plan.configFile] : []),
  ];
}

function modeArgs({ data }: LaunchPlan): string[] {
  return data === 'memory' ? ['-dev'] : ['-server', '-bootstrap-expect', '1', '-data-dir', 'data', '-hcl', quick];
}

function tlsConfig({ certFile, keyFile, caFile, clientCertificates = false }: NonNullable<LaunchPlan['tls']>): string {
  const files = { cert_file: certFile, key_file: keyFile, ca_file: caFile };
  const lines = Object.entries(files).map(([name, file]) => `${name} = ${JSON.stringify(file)}`);
  return [...lines, `verify_incoming_https = ${clientCertificates}`].join('\n');
}

function ask(plan: LaunchPlan, path: string): Promise<string> {
  const { tls } = plan;
  return httpGetText(portOf(plan, 'http'), path, tls && { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) });
}

function toolEnv(plan: LaunchPlan): Record<string, string> {
  const address = `127.0.0.1:${portOf(plan, 'http')}`;
  if (!plan.tls) return { CONSUL_HTTP_ADDR: address };
  const { certFile, keyFile, caFile } = plan.tls;
  return {
    CONSUL_HTTP_ADDR: `https://${address}`,
    CONSUL_CACERT: caFile,
    CONSUL_CLIENT_CERT: certFile,
    CONSUL_CLIENT_KEY: keyFile,
  };
}
