import { consulRecipe } from './consul-recipe.js';
import { etcdRecipe } from './etcd-recipe.js';
import { prometheusRecipe } from './prometheus-recipe.js';
import { redisRecipe } from './redis-recipe.js';
import type { ServerName } from './server-name.js';
import type { ServerRecipe } from './server-recipe.js';
import { zipkinRecipe } from './zipkin-recipe.js';

/** How each server is started. */
export const serverRecipes: Readonly<Record<ServerName, ServerRecipe>> = {
  redis: redisRecipe,
  etcd: etcdRecipe,
  etcd35: etcdRecipe,
  consul: consulRecipe,
  prometheus: prometheusRecipe,
  zipkin: zipkinRecipe,
};
