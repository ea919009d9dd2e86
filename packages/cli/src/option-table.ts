/** An option of the command line. */
export interface OptionSpec {
  /** `string` takes a value. */
  readonly type: 'boolean' | 'string';
  /** One letter. */
  readonly short?: string;
  /** Whether it may be given several times. */
  readonly multiple?: boolean;
  /** The value's name in the help. */
  readonly value?: string;
  /** What it does, with its default. */
  readonly summary: string;
}

/** Every option of every command: one name means one thing. */
export const OPTIONS = {
  config: { type: 'string', short: 'c', value: 'file', summary: 'config file (the nearest weft.config.*, looking upwards)' },
  registry: { type: 'string', value: 'driver', summary: 'driver of registry and config center, in place of a config file' },
  path: { type: 'string', value: 'folder', summary: 'with --registry: the folder of the driver file' },
  address: { type: 'string', value: 'host:port', summary: 'with --registry: the address of its server' },
  timeout: { type: 'string', value: 'duration', summary: 'by when an answer has to be there, such as 5s (10s; a call 30s)' },
  watch: { type: 'boolean', short: 'w', summary: 'go on and tell what changes, until Ctrl-C' },
  interval: { type: 'string', value: 'duration', summary: 'with --watch: how often it is looked (1s)' },
  data: { type: 'string', short: 'd', value: 'json', summary: 'body: JSON, @file, or - for standard input' },
  header: { type: 'string', short: 'H', multiple: true, value: 'name:value', summary: 'header of the call; may be repeated' },
  out: { type: 'string', value: 'folder', summary: 'where the files are written (<slot>-<name>)' },
  scope: { type: 'string', value: '@scope', summary: 'scope of the package, such as @acme' },
  text: { type: 'boolean', summary: 'keep the value as text, also when it could be JSON' },
  revision: { type: 'boolean', summary: 'print the revision of the value, for --if-revision; with --json beside it' },
  'if-revision': {
    type: 'string',
    value: 'revision',
    summary: 'write only while the value has this revision; none: only while there is no value',
  },
  json: { type: 'boolean', summary: 'JSON: one document, or one line per event of a watch' },
  help: { type: 'boolean', short: 'h', summary: 'show this help' },
  version: { type: 'boolean', short: 'v', summary: 'show the version' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** The name of an option. */
export type OptionName = keyof typeof OPTIONS;

/** What was given on the command line. */
export type Options = {
  readonly [Name in OptionName]?:
    | ((typeof OPTIONS)[Name] extends { readonly multiple: true }
        ? string[]
        : (typeof OPTIONS)[Name]['type'] extends 'string'
          ? string
          : boolean)
    | undefined;
};
