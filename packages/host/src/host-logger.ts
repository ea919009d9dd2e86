import { isSecretName, type Logger, noopLogger } from '@weft/core';
import { createLogger, type LeveledLogger, type LoggerOptions } from '@weft/logging';
import type { Blueprint } from './blueprint.js';
import { isPlainObject } from './normalise-keys.js';
import type { WeftConfig } from './weft-config.js';

/** The logger that is built in, with the facts of the service; silent when a part is opened alone that writes none. */
export function hostLogger({ config, parts }: Blueprint): Logger {
  if (!parts.has('logging')) return noopLogger;
  const { name, id, version } = config.service ?? {};
  const { driver: _, from: __, ...options } = config.logging ?? {};
  const facts = { ...(name && { service: name }), ...(id && { id }), ...(version && { version }) };
  return createLogger({ ...facts, ...(options as LoggerOptions) });
}

/** Whether it is a logger of `@weft/logging`, or one like it: its level can be changed, and it hides what it is told to. */
export function isLeveled(logger: Logger): logger is LeveledLogger {
  return 'setLevel' in logger && 'hide' in logger && 'level' in logger;
}

/** Keeps the passwords and tokens of a config out of the log, wherever they come from there. */
export function hideSecretsOf(config: WeftConfig, logger: Logger): void {
  if (!isLeveled(logger)) return;
  const { secrets: _, ...center } = config.config ?? {};
  for (const secret of secretsIn({ ...config, config: center })) logger.hide(secret);
}

/** Texts whose key says that they are secret, at any depth. */
function secretsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(secretsIn);
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    typeof item === 'string' ? (isSecretName(key) ? [item] : []) : secretsIn(item),
  );
}
