import { type Driver, messageOf, type Slots } from '@weft/core';
import { checkDriver } from './check-driver.js';
import { checkOptions } from './check-options.js';
import { importModule } from './import-module.js';
import type { CodedProblem } from './problems.js';
import { type DriverSource, resolveDriver } from './resolve-driver.js';

/** A driver that a config asks for. */
export interface DriverRequest extends DriverSource {
  /** The driver's options, unchecked. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Path of the options in the config; `path` unless set. */
  readonly optionsPath?: string;
  /** Keys that stand beside the options and belong to the host, for hints. */
  readonly hostKeys?: readonly string[];
  /** Nobody asked for it: a plugin that fills the slot takes its place. */
  readonly isUnasked?: boolean;
  /** Left out when its package is not installed. */
  readonly mayBeAbsent?: boolean;
}

/** A driver that is ready to be opened. */
export interface LoadedDriver {
  /** The slot that it fills. */
  readonly slot: keyof Slots;
  /** Its own name. */
  readonly name: string;
  /** The module's default export. */
  readonly driver: Driver;
  /** As the driver's schema gave them. */
  readonly options: unknown;
  /** Path in the config that asked for it. */
  readonly path: string;
  /** The file of its module; absolute. */
  readonly file: string;
}

/** What could be loaded, and all that could not. */
export interface LoadedDrivers {
  /** In the order of the requests. */
  readonly drivers: readonly LoadedDriver[];
  /** All that is wrong, in the order of the requests. */
  readonly problems: readonly CodedProblem[];
  /** Defaults that are not installed, by slot: told to whoever uses the slot. */
  readonly absent: ReadonlyMap<keyof Slots, CodedProblem>;
}

/**
 * Resolves, imports and checks every driver that is asked for; opens none. In the order of the requests.
 * @param fromEnv paths of texts of the config that came from the environment
 */
export async function loadDrivers(
  requests: readonly DriverRequest[],
  folders: readonly string[],
  fromEnv: ReadonlySet<string> = new Set(),
): Promise<LoadedDrivers> {
  const drivers: LoadedDriver[] = [];
  const problems: CodedProblem[] = [];
  const absent = new Map<keyof Slots, CodedProblem>();
  const outcomes = await Promise.all(requests.map((request) => loadDriver(request, folders, fromEnv)));
  for (const [at, outcome] of outcomes.entries()) {
    const request = requests[at];
    if ('driver' in outcome) drivers.push(outcome);
    else if (request?.mayBeAbsent && outcome.problems[0]?.code === 'WEFT_PLUGIN_NOT_INSTALLED')
      absent.set(request.slot, outcome.problems[0]);
    else problems.push(...outcome.problems);
  }
  return { drivers, problems, absent };
}

type Outcome = LoadedDriver | { readonly problems: readonly CodedProblem[] };

async function loadDriver(request: DriverRequest, folders: readonly string[], fromEnv: ReadonlySet<string>): Promise<Outcome> {
  const { slot, path, word, from, options, optionsPath = path, hostKeys = [] } = request;
  const resolved = resolveDriver(request, folders);
  if ('problem' in resolved) return { problems: [resolved.problem] };
  const { file } = resolved;
  const origin = from === undefined ? `${slot} "${word}"` : `${slot} from ${JSON.stringify(from)}`;
  const exported = await importModule(file).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in exported) {
    const message = `${origin} throws when it is loaded: ${messageOf(exported.error)}`;
    return { problems: [{ path, message, code: 'WEFT_PLUGIN_INVALID' }] };
  }
  const wanted = { path, origin, slot: slot === 'plugin' ? undefined : slot, name: from === undefined ? word : undefined };
  const checked = checkDriver(exported.value, wanted);
  if ('problems' in checked) return checked;
  const { driver } = checked;
  const validated = await checkOptions(driver, options, { path: optionsPath, hostKeys, fromEnv });
  if ('problems' in validated) return validated;
  return { slot: driver.slot, name: driver.name, driver, options: validated.options, path, file };
}
