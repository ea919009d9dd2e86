import type { Client, Policies } from '@weft/client';
import type { ConfigClient } from '@weft/config';
import { z } from 'zod';
import { CenterFollower } from './center-follower.js';
import { checkPolicies, govern } from './govern.js';
import { isLeveled } from './host-logger.js';
import { logLevel } from './later-blocks.js';
import type { Step } from './life-cycle.js';
import { POLICIES_KEY, policiesSchema } from './policies-schema.js';
import { block } from './schema-parts.js';
import type { Surroundings } from './surroundings.js';

/** What the key `logging` of the config center may say. */
const loggingSchema = block({ level: z.exactOptional(logLevel) });

/** Follows what the config center says of the host itself: the policies of its calls, and the level of its log. */
export function followCenter(surroundings: Surroundings, config: ConfigClient, client: Client | undefined): Step {
  const followers = [...(client ? [policiesFollower(surroundings, config, client)] : []), ...levelFollower(surroundings, config)];
  const all = async (run: (follower: (typeof followers)[number]) => Promise<void>) =>
    void (await Promise.all(followers.map(run)));
  return {
    name: 'what follows the config center',
    start: () => all((follower) => follower.start()),
    stop: () => all((follower) => follower.stop()),
  };
}

/** Nobody pays for following a config center that is there only because its driver is installed. */
export function isCenterAsked({ blueprint, drivers }: Surroundings): boolean {
  return blueprint.config.config !== undefined || drivers.some(({ slot, path }) => slot === 'config' && path !== 'config');
}

function policiesFollower({ blueprint, policies, cache, logger }: Surroundings, config: ConfigClient, client: Client) {
  const governing = (center: Policies) => govern(policies, center, cache !== undefined);
  return new CenterFollower({
    config,
    key: POLICIES_KEY,
    schema: policiesSchema((center) => checkPolicies(governing(center), blueprint.config)),
    none: {},
    apply: (center) => client.setPolicies(governing(center)),
    clock: blueprint.clock,
    logger,
  });
}

/** None when the level of the logger cannot be changed. */
function levelFollower({ blueprint, logger }: Surroundings, config: ConfigClient) {
  if (!isLeveled(logger)) return [];
  const own = logger.level;
  const apply = ({ level = own }: z.output<typeof loggingSchema>) => logger.setLevel(level);
  const { clock } = blueprint;
  return [new CenterFollower({ config, key: 'logging', schema: loggingSchema, none: {}, apply, clock, logger })];
}
