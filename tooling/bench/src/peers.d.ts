/** What we use of peers that bring no types. */

declare module 'opossum' {
  export default class CircuitBreaker<Args extends unknown[], T> {
    constructor(action: (...args: Args) => Promise<T>, options?: { timeout?: number | false });
    fire(...args: Args): Promise<T>;
    shutdown(): void;
  }
}

declare module 'express' {
  import type { RequestListener } from 'node:http';

  interface Application extends RequestListener {
    get(path: string, handler: (request: { params: { id: string } }, response: { json(value: unknown): void }) => void): void;
  }
  export default function express(): Application;
}
