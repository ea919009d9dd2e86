import { once } from 'node:events';
import { Client, type Response } from '@weft/client';
import { Registry } from '@weft/registry';
import { openMemoryRegistry } from '@weft/registry-memory';
import { type NodeHandler, Service } from '@weft/service';
import { openHttpTransport } from '@weft/transport-http';
import { afterEach, describe, expect, it } from 'vitest';
import { Gate } from './gate.js';

/**
 * Opens an application of some framework with these routes, all written as that framework's users would:
 * - `GET /orders/:id`: `{ id, page }`, `page` from the query
 * - `POST /orders`: 201 and the JSON of the body
 * - `GET /stream`: `one`, then, past the gate, `two`
 * - `GET /slow`: `{ done: true }`, past the gate
 * - `GET /throws`: throws `new Error('out of stock')`
 */
export type OpenApplication = (gate: Gate) => Promise<Application>;

/** An application that is ready for requests, without a server of its own. */
export interface Application {
  /** What is mounted. */
  readonly handler: NodeHandler;
  /** Ends the application, when it has something to end. */
  close?(): Promise<unknown>;
}

interface Mounted {
  readonly client: Client;
  readonly gate: Gate;
  /** What the service had to warn of. */
  readonly log: readonly string[];
  readonly registry: Registry;
  readonly service: Service;
}

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** Specifies that an application of this framework, mounted in a service, is as good a citizen as the service's own handlers. */
export function mountSuite(framework: string, openApplication: OpenApplication): void {
  describe(`${framework}, mounted in a service`, () => {
    specifyCalls(openApplication);
    specifyFailures(openApplication);
    specifyDrain(openApplication);
  });
}

function specifyCalls(openApplication: OpenApplication): void {
  it('is found through the registry, and sees the path below its own, its parameters and the query', async () => {
    const { client, registry, service } = await mount(openApplication);
    expect(await registry.getServices('shop')).toEqual([expect.objectContaining({ id: service.id, status: 'up' })]);
    const reply = await client.get('/legacy/orders/7?page=2');
    expect([reply.statusCode, reply.data, reply.instance.id]).toEqual([200, { id: '7', page: '2' }, service.id]);
  });

  it('reads the body of a call', async () => {
    const { client } = await mount(openApplication);
    const reply = await client.post('/legacy/orders', { item: 'tea', note: '✓' });
    expect([reply.statusCode, reply.data]).toEqual([201, { item: 'tea', note: '✓' }]);
  });

  it('streams: a piece arrives before the next one is made', async () => {
    const { client, gate } = await mount(openApplication);
    const { body } = await client.call('GET', '/legacy/stream', undefined, { stream: true });
    const pieces: string[] = [];
    for await (const piece of body) {
      pieces.push(Buffer.from(piece).toString());
      gate.open();
    }
    expect(pieces.join('|')).toBe('one|two');
  });

  it('leaves the handlers of the service alone', async () => {
    const { client } = await mount(openApplication);
    expect((await client.get('/own')).data).toEqual({ own: true });
    expect((await client.get('/legacy/own')).data).toEqual({ ownBelow: true });
    expect((await client.get('/elsewhere')).data).toEqual({ error: 'Not found', code: 404 });
  });
}

function specifyFailures(openApplication: OpenApplication): void {
  it('answers 404 itself for what it does not know', async () => {
    const { client } = await mount(openApplication);
    const reply = await client.get('/legacy/nothing');
    expect(reply.statusCode).toBe(404);
    expect(reply.text()).not.toBe(JSON.stringify({ error: 'Not found', code: 404 }));
  });

  it('answers for what its routes throw, and both go on', async () => {
    const { client, log } = await mount(openApplication);
    expect((await client.get('/legacy/throws')).statusCode).toBe(500);
    expect(log).toEqual([]);
    expect((await client.get('/legacy/orders/7')).statusCode).toBe(200);
    expect((await client.get('/own')).statusCode).toBe(200);
  });
}

function specifyDrain(openApplication: OpenApplication): void {
  it('finishes the call in flight while the service stops, and sends the caller elsewhere', async () => {
    const { client, gate, registry, service } = await mount(openApplication);
    const before = await client.get('/legacy/orders/7');
    expect(before.headers.connection).not.toBe('close');
    const slow = client.get('/legacy/slow');
    await gate.reached;

    const draining = once(service, 'draining');
    const stopping = service.stop();
    await draining;
    gate.open();
    const { statusCode, data, headers }: Response = await slow;
    expect([statusCode, data, headers.connection]).toEqual([200, { done: true }, 'close']);
    await stopping;
    expect(await registry.getServices('shop')).toEqual([]);
    await expect(fetch(`http://127.0.0.1:${service.port}/legacy/orders/7`)).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
  });

  it('leaves no socket and no server behind', async () => {
    await expect.poll(openSockets, { timeout: 10_000 }).toEqual([]);
    const { client } = await mount(openApplication);
    expect((await client.get('/legacy/orders/7')).statusCode).toBe(200);
    expect(openSockets()).toEqual(expect.arrayContaining(['TCPServerWrap', 'TCPSocketWrap']));
    for (const close of closing.splice(0)) await close();
    await expect.poll(openSockets, { timeout: 10_000 }).toEqual([]);
  });
}

async function mount(openApplication: OpenApplication): Promise<Mounted> {
  const gate = new Gate();
  const registry = new Registry(await openMemoryRegistry({ address: crypto.randomUUID() }));
  const transport = openHttpTransport();
  const application = await openApplication(gate);
  const log: string[] = [];
  const note = (message: string) => void log.push(message);
  const logger = { debug() {}, info() {}, warn: note, error: note, child: () => logger };
  const service = new Service({ name: 'shop', registry, logger });
  service.mount('/legacy', application.handler);
  service.addHandler('GET /own', () => ({ own: true }));
  service.addHandler('GET /legacy/own', () => ({ ownBelow: true }));
  const client = new Client({ serviceName: 'shop', registry, transport });
  const parts = [client, service, application, transport, registry];
  closing.push(...parts.map((part) => async () => part.close?.()));
  await service.start();
  return { client, gate, log, registry, service };
}

function openSockets(): string[] {
  return process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP'));
}
