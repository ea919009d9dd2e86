/** What a start was given, with everything decided. */
export interface LaunchPlan {
  /** The throw-away folder; `data` in it is the server's. */
  readonly folder: string;
  /** Whether a kill leaves something. */
  readonly data: 'memory' | 'disk';
  /** The ports by name, as the recipe listed them. */
  readonly ports: Readonly<Record<string, number>>;
  /** Path of the file with the text of the `config` option. */
  readonly configFile?: string | undefined;
  /** Certificates to serve with. */
  readonly tls?: ServerTls | undefined;
}

/** Paths of PEM files. */
export interface ServerTls {
  /** The server's certificate, good for 127.0.0.1 and localhost. */
  readonly certFile: string;
  /** Its key. */
  readonly keyFile: string;
  /** The authority, for the tools and, with `clientCertificates`, for clients. */
  readonly caFile: string;
  /** Whether clients have to show a certificate of that authority; the server's own serves the tools. Default false. */
  readonly clientCertificates?: boolean;
}

/** How one server is started, seen to be ready, stopped and talked to. */
export interface ServerRecipe {
  /** Names of its ports; the first is the one that clients use. */
  readonly ports: readonly string[];
  /** Where everybody expects its port for clients. */
  readonly usualPort: number;
  /** What it keeps after a kill, unless the start says it. */
  readonly data: 'memory' | 'disk';
  /** The name of the `config` option's file; undefined if the server is only told by `args`. */
  configName?(text: string): string;
  /** Its arguments. */
  args(plan: LaunchPlan): string[];
  /** Resolves to whether it serves; may reject, which means not yet. */
  isReady(plan: LaunchPlan): Promise<boolean>;
  /** How long a start may take, in ms; 30 s unless set. */
  readonly readyWithinMs?: number;
  /** What ends it gently. */
  readonly stopSignal: NodeJS.Signals;
  /** Arguments and environment with which its tool finds it. */
  tool(plan: LaunchPlan, args: readonly string[]): { args: string[]; env: Record<string, string> };
}

/** A port of the plan. */
export function portOf({ ports }: LaunchPlan, name: string): number {
  const port = ports[name];
  if (port === undefined) throw new Error(`there is no port "${name}"`);
  return port;
}
