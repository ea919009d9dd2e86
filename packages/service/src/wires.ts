import type { Endpoint, Inbound, Listening, ListenOptions, Reply, ServerTransport } from '@weft/core';
import type { Dispatch, HttpServer } from './http-server.js';

/** What the wires of a service are made with. */
export interface WiresOptions {
  /** Bound to the port of the options; undefined when the service does not speak HTTP. */
  readonly http: HttpServer | undefined;
  /** Bound to any free port each, or to the port of the options when it comes first. */
  readonly transports: readonly ServerTransport[];
  readonly listen: ListenOptions;
  readonly dispatch: Dispatch;
}

/** All wires that one handler table answers on. */
export class Wires {
  readonly #options: WiresOptions;
  #listening: Listening[] = [];

  constructor(options: WiresOptions) {
    this.#options = options;
  }

  /** Where callers reach it, the default first; empty unless it listens. */
  get endpoints(): readonly Endpoint[] {
    return this.#listening.map(({ endpoint }) => endpoint);
  }

  /** Port of the first wire; 0 unless it listens. */
  get port(): number {
    return this.#listening[0]?.endpoint.port ?? 0;
  }

  /** Listens on one wire after another, telling each. @throws whatever the transport throws */
  async listen(onListening: (listening: Listening) => void): Promise<void> {
    const { http, transports, listen, dispatch } = this.#options;
    const add = (listening: Listening) => {
      this.#listening.push(listening);
      onListening(listening);
    };
    this.#listening = [];
    if (http) add(await http.listen(listen, dispatch));
    const answer = async (inbound: Inbound): Promise<Reply> => dispatch(inbound);
    for (const transport of transports) {
      add(await transport.listen(this.#listening.length === 0 ? listen : { ...listen, port: 0 }, answer));
    }
  }

  /** Forgets the wires, which are closed. */
  forget(): void {
    this.#listening = [];
  }
}
