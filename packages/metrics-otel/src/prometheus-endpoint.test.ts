import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { noopLogger } from '@weft/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPrometheusEndpoint, type PrometheusEndpointOptions } from './prometheus-endpoint.js';
import { recordingLogger } from './recording-logger.fixture.js';

const DEFAULTS = { host: '127.0.0.1', port: 0, path: '/metrics', names: [], logger: noopLogger };

async function open(options: Partial<PrometheusEndpointOptions> = {}, scrape = async () => 'x 1\n') {
  const endpoint = await openPrometheusEndpoint({ ...DEFAULTS, ...options }, scrape);
  onTestFinished(() => endpoint.close());
  return { endpoint, port: Number(new URL(endpoint.url).port) };
}

/** The status that a request with these first lines is answered with, as it stands on the wire. */
async function statusOf(port: number, ...lines: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return String(answer).slice('HTTP/1.1 '.length, 'HTTP/1.1 '.length + 3);
}

describe('the endpoint for Prometheus', () => {
  it('answers GET with all metrics, as text of version 0.0.4', async () => {
    const { endpoint } = await open();
    const response = await fetch(endpoint.url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe('x 1\n');
    expect((await fetch(`${endpoint.url}?name=x`)).status).toBe(200);
  });

  it('has the path that it was given, and no other', async () => {
    const { endpoint, port } = await open({ path: '/internal/metrics' });
    expect(endpoint.url).toBe(`http://127.0.0.1:${port}/internal/metrics`);
    expect((await fetch(endpoint.url)).status).toBe(200);
    for (const path of ['/', '/metrics', '/internal/metrics/', '/internal/metrics/..', '/%69nternal/metrics']) {
      expect(await statusOf(port, `GET ${path} HTTP/1.1`, 'host: localhost')).toBe('404');
    }
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])('takes no %s', async (method) => {
    const { endpoint } = await open();
    const response = await fetch(endpoint.url, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET');
  });

  it('does not answer under a host name that it was not given', async () => {
    const { port } = await open({ names: ['metrics.shop'] });
    const ask = (...headers: string[]) => statusOf(port, 'GET /metrics HTTP/1.1', ...headers);
    expect(await ask('host: 127.0.0.1:9464')).toBe('200');
    expect(await ask('host: metrics.shop')).toBe('200');
    expect(await ask('host: evil.example')).toBe('403');
    expect(await ask()).toBe('400');
    expect(await statusOf(port, 'GET /metrics HTTP/1.0')).toBe('403');
  });

  it('answers 500 when the metrics cannot be written, and goes on', async () => {
    const { logger, lines } = recordingLogger();
    let isBroken = true;
    const { endpoint } = await open({ logger }, async () => {
      if (isBroken) throw new Error('broken');
      return 'x 2\n';
    });
    expect((await fetch(endpoint.url)).status).toBe(500);
    expect(lines).toEqual(['error metrics could not be written {"error":"broken"}']);
    isBroken = false;
    expect(await (await fetch(endpoint.url)).text()).toBe('x 2\n');
  });

  it('says that its port is in use, and what to do', async () => {
    const { port } = await open();
    await expect(openPrometheusEndpoint({ ...DEFAULTS, port }, async () => '')).rejects.toMatchObject({
      code: 'WEFT_CONFLICT',
      message: `metrics.prometheus: cannot listen on 127.0.0.1:${port}: it is in use; set another port, 0 for any that is free, or prometheus: false`,
    });
  });

  it('says that its address is none of this machine', async () => {
    await expect(openPrometheusEndpoint({ ...DEFAULTS, host: '192.0.2.1' }, async () => '')).rejects.toMatchObject({
      code: 'WEFT_CONFIG_INVALID',
    });
  });

  it('ends all connections when it is closed, idle and half-sent ones too, and can be closed twice', async () => {
    const { endpoint, port } = await open();
    const sockets = ['GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n', 'GET /metr'].map((text) => {
      const socket: Socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(text);
      return socket;
    });
    const [idle] = sockets;
    if (idle) await once(idle, 'data');
    const closed = Promise.all(sockets.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve))));
    await endpoint.close();
    await endpoint.close();
    await closed;
    await expect(fetch(endpoint.url)).rejects.toThrow();
  });
});
