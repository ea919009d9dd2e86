import {
  type ConfigEntry,
  hideSecrets,
  issuePath,
  messageOf,
  type Problem,
  type SchemaIssue,
  type StandardSchemaV1,
  WeftError,
} from '@weft/core';
import { parseConfigText } from './config-text.js';
import { sealed } from './sealed.js';
import { REDACTED } from './secrets.js';
import { secretsWithin } from './secrets-within.js';

/** One text of a value, read. */
interface Version {
  readonly text: string;
  readonly key: string;
  readonly parsed: Outcome;
  isRefused: boolean;
}

type Outcome = { readonly value: unknown } | { readonly problems: readonly Problem[] };

/**
 * All that is known of one value: the text that is in force, and for each schema the last value that was good. A text that
 * does not parse, or that a schema refuses, is refused as a whole and told once; its readers keep what they had.
 */
export class ConfigValue {
  private current: Version;
  private lastParsed: Version | undefined;
  private lastAccepted: Version | undefined;
  private readonly views = new WeakMap<StandardSchemaV1, { readonly of: Version; readonly value: unknown }>();

  /**
   * @param onRefused told once per bad text, with the reason
   * @param isSecret whether nothing must be said about what stands at a path within the value
   */
  constructor(
    entry: ConfigEntry,
    private readonly onRefused: (reason: string) => void,
    private readonly isSecret: (path: readonly string[]) => boolean = () => false,
  ) {
    this.current = this.read(entry);
  }

  /** Takes the newest text of the backend; says whether it is another than before. */
  update(entry: ConfigEntry): boolean {
    const isNew = entry.text !== this.current.text || entry.key !== this.current.key;
    if (isNew) this.current = this.read(entry);
    return isNew;
  }

  /**
   * The value as `schema` gives it, else as parsed: the newest that is good. The same object until the value changes.
   * @throws WEFT_CONFIG_INVALID when there has never been a good one
   */
  async as(schema?: StandardSchemaV1): Promise<unknown> {
    const version = this.current;
    const { lastAccepted, lastParsed } = this;
    if (!schema) return parsedValue(lastParsed ?? version);
    const outcome = await this.viewed(version, schema);
    if ('value' in outcome) return outcome.value;
    this.refuse(version, outcome.problems);
    const last = this.views.get(schema);
    if (last) return last.value;
    for (const candidate of [lastAccepted, lastParsed]) {
      const earlier = candidate && candidate !== version ? await this.viewed(candidate, schema) : undefined;
      if (earlier && 'value' in earlier) return earlier.value;
    }
    throw invalid(version, outcome.problems);
  }

  private read(entry: ConfigEntry): Version {
    const version = { text: entry.text, key: entry.key, parsed: parsed(entry), isRefused: false };
    if ('value' in version.parsed) this.lastParsed = version;
    else this.refuse(version, version.parsed.problems);
    return version;
  }

  private async viewed(version: Version, schema: StandardSchemaV1): Promise<Outcome> {
    const known = this.views.get(schema);
    if (known?.of === version) return known;
    if ('problems' in version.parsed) return version.parsed;
    const outcome = await validated(version.key, version.parsed.value, schema, this.isSecret);
    if ('value' in outcome) {
      this.views.set(schema, { of: version, value: outcome.value });
      this.lastAccepted = version;
    }
    return outcome;
  }

  private refuse(version: Version, problems: readonly Problem[]): void {
    if (version.isRefused) return;
    version.isRefused = true;
    this.onRefused(reasonOf(problems));
  }
}

function parsed({ key, text }: ConfigEntry): Outcome {
  try {
    return { value: parseConfigText(key, text) };
  } catch (error) {
    return { problems: WeftError.from(error).problems ?? [{ path: key, message: hideSecrets(messageOf(error)) }] };
  }
}

async function validated(
  key: string,
  value: unknown,
  schema: StandardSchemaV1,
  isSecret: (path: readonly string[]) => boolean,
): Promise<Outcome> {
  const shown = (path: readonly string[], message: string) => {
    if (isSecret(path)) return `not accepted: ${REDACTED}`;
    const quoted = secretsWithin(value, isSecret);
    return hideSecrets(quoted.reduce((text, secret) => text.replaceAll(secret, REDACTED), message));
  };
  try {
    const result = await schema['~standard'].validate(value);
    if (!result.issues) return { value: sealed(result.value) };
    const path = (within: string) => (within.startsWith('[') ? `${key}${within}` : `${key}.${within}`);
    return {
      problems: result.issues.map((issue) => {
        const within = issuePath(issue);
        return { path: within ? path(within) : key, message: shown(namesOf(issue), issue.message) };
      }),
    };
  } catch (error) {
    return { problems: [{ path: key, message: shown([], `its schema failed: ${messageOf(error)}`) }] };
  }
}

/** The names on the way to what an issue is about; places in lists are left out. */
function namesOf({ path = [] }: SchemaIssue): string[] {
  const keys = path.map((part) => (typeof part === 'object' ? part.key : part));
  return keys.filter((key) => typeof key !== 'number').map(String);
}

function parsedValue(version: Version): unknown {
  if ('value' in version.parsed) return version.parsed.value;
  throw invalid(version, version.parsed.problems);
}

function reasonOf(problems: readonly Problem[]): string {
  return problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
}

function invalid({ key }: Version, problems: readonly Problem[]): WeftError {
  return new WeftError('WEFT_CONFIG_INVALID', `${key} is not usable, and there is no earlier good value. ${reasonOf(problems)}`, {
    problems,
  });
}
