import { call } from './call.js';
import { check } from './check.js';
import type { Command } from './command.js';
import { configGet } from './config-get.js';
import { configHistory } from './config-history.js';
import { configList } from './config-list.js';
import { configSet } from './config-set.js';
import { configWatch } from './config-watch.js';
import { explain } from './explain.js';
import { instances } from './instances.js';
import { newDriver } from './new-driver.js';
import { services } from './services.js';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  check,
  services,
  instances,
  call,
  explain,
  configGet,
  configSet,
  configList,
  configWatch,
  configHistory,
  newDriver,
];
