import type { ServerName } from './server-name.js';

/** A server of ours on 127.0.0.1, which ends with this process at the latest. */
export interface RunningServer {
  /** What it is. */
  readonly name: ServerName;
  /** As the program says it. */
  readonly version: string;
  /** Nobody else can reach it. */
  readonly host: '127.0.0.1';
  /** The port for clients; the same after every start. */
  readonly port: number;
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** All its ports: redis `client`; etcd `client`, `peer`, `metrics`; consul `http`, `server`, `serfLan`, `dns`; prometheus and zipkin `http`. */
  readonly ports: Readonly<Record<string, number>>;
  /** The process of the last start. */
  readonly pid: number;
  /** Its throw-away folder. */
  readonly folder: string;
  /** Its last thousand lines, oldest first, of all starts. */
  readonly output: readonly string[];
  /** Ends it without warning (SIGKILL); resolves when it is gone. */
  kill(): Promise<void>;
  /** Freezes it (SIGSTOP): its connections stay open and silent. Resolves when nothing in it runs any more. */
  pause(): Promise<void>;
  /** Lets it go on after `pause`. */
  resume(): void;
  /**
   * After `kill`: again, on the same ports, with what is on disk; resolves when it is ready.
   * @throws Error with its last lines if it does not get ready
   */
  start(): Promise<void>;
  /** `kill`, then `start`; with `empty` its data is removed between. */
  restart(options?: { readonly empty?: boolean }): Promise<void>;
  /** Resolves when the process of the last start is gone, at once if it is. */
  ended(): Promise<void>;
  /**
   * Runs the server's own tool against it: redis-cli, etcdctl (API 3), consul, promtool. Zipkin has none.
   * @returns what it printed
   * @throws Error with what it printed if it fails or takes longer than 15 s
   */
  run(args: readonly string[], options?: { readonly input?: string }): Promise<string>;
  /** Ends it gently and removes its folder. May be called again. */
  stop(): Promise<void>;
}
