import type { Script } from '@weft/conformance';
import type { Attempt, Clock, Handler, Inbound, Listening, ListenOptions, Reply, ServerTransport } from '@weft/core';
import { Service, type ServiceHandler } from '@weft/service';

/** A real service of one route, on a clock that a test moves; the scripted wire of its callers ends in it. */
export class VirtualService {
  readonly #wire = new CapturedWire();
  readonly #service: Service;

  private constructor(clock: Clock, handler: ServiceHandler) {
    this.#service = new Service({ name: 'things', http: false, transports: [this.#wire], clock });
    this.#service.addHandler('GET /things/:id', handler);
  }

  /** Starts one. */
  static async start(clock: Clock, handler: ServiceHandler): Promise<VirtualService> {
    const service = new VirtualService(clock, handler);
    await service.#service.start();
    return service;
  }

  /** What the instances of its callers do. */
  readonly answer: Script = async (attempt) => (await this.#wire.dispatch?.(inboundOf(attempt))) ?? new Error('not started');

  /** Ends it at once. */
  stop(): Promise<void> {
    return this.#service.stop({ immediate: true });
  }
}

class CapturedWire implements ServerTransport {
  readonly protocol = 'captured';
  dispatch: Handler<Inbound, Reply> | undefined;

  async listen(_: ListenOptions, dispatch: Handler<Inbound, Reply>): Promise<Listening> {
    this.dispatch = dispatch;
    return { endpoint: { protocol: this.protocol, port: 1 }, drain: async () => {}, close: async () => {} };
  }
}

function inboundOf({ method, path, headers }: Attempt): Inbound {
  const map = Object.fromEntries(headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1]]] : [])));
  return { method, path, headers: map, remoteAddress: '', signal: new AbortController().signal };
}
