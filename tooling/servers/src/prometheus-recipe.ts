import { httpGetText } from './http-get.js';
import { portOf, type ServerRecipe } from './server-recipe.js';

/** Prometheus; what it scrapes comes with the `config` option. */
export const prometheusRecipe: ServerRecipe = {
  ports: ['http'],
  usualPort: 9_090,
  data: 'disk',
  configName: () => 'prometheus.yml',
  stopSignal: 'SIGTERM',
  args: (plan) => [
    `--config.file=${plan.configFile ?? '/dev/null'}`,
    '--storage.tsdb.path=data',
    `--web.listen-address=127.0.0.1:${portOf(plan, 'http')}`,
  ],
  isReady: async (plan) => (await httpGetText(portOf(plan, 'http'), '/-/ready')).length > 0,
  tool: (_, args) => ({ args: [...args], env: {} }),
};
