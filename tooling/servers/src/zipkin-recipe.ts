import { httpGetText } from './http-get.js';
import { type LaunchPlan, portOf, type ServerRecipe } from './server-recipe.js';

/** Zipkin, with its pages and its API on one port; keeps spans in memory. */
export const zipkinRecipe: ServerRecipe = {
  ports: ['http'],
  usualPort: 9_411,
  data: 'memory',
  stopSignal: 'SIGTERM',
  readyWithinMs: 90_000,
  args: (plan) => [...listening(plan), '--logging.level.root=WARN'],
  isReady: async (plan) => (await httpGetText(portOf(plan, 'http'), '/health')).includes('UP'),
  tool() {
    throw new Error('zipkin has no tool of its own: ask its API');
  },
};

/** Its own variable QUERY_PORT says which port, but it would be that of all addresses. */
function listening(plan: LaunchPlan): string[] {
  const facts = { ip: '127.0.0.1', port: portOf(plan, 'http'), 'protocols[0]': 'http' };
  return Object.entries(facts).map(([name, value]) => `--armeria.ports[0].${name}=${value}`);
}
