import { describe, expect, it, onTestFinished } from 'vitest';
import { httpCheck } from './http-check.js';
import { freePort, startHttp } from './real-server.fixture.js';

describe('httpCheck', () => {
  it('passes for a status of 200 to 299, and fails for others, also for redirects', async () => {
    const { port } = await startHttp(onTestFinished, (request, response) =>
      response.writeHead(Number(request.url?.slice(1))).end('text'),
    );
    for (const status of [200, 204, 299]) await httpCheck(`http://127.0.0.1:${port}/${status}`)();
    for (const status of [301, 404, 503]) {
      const check = httpCheck(`http://127.0.0.1:${port}/${status}`);
      await expect(check()).rejects.toThrow(`http://127.0.0.1:${port}/${status}: status ${status}, expected 200 to 299`);
    }
  });

  it('passes for the status that is asked for only', async () => {
    const { port } = await startHttp(onTestFinished, (_, response) => response.writeHead(401).end());
    await httpCheck(`http://127.0.0.1:${port}`, { status: 401 })();
    await httpCheck(`http://127.0.0.1:${port}`, { status: [200, 401] })();
    await expect(httpCheck(`http://127.0.0.1:${port}`, { status: [200, 204] })()).rejects.toThrow(/expected 200 or 204/);
  });

  it('fails where nobody listens, and says so', async () => {
    await expect(httpCheck(`http://localhost:${await freePort()}/health`)()).rejects.toThrow(/\/health: .*ECONNREFUSED/);
  });

  it('fails when the answer, or the end of it, does not come in time', async () => {
    const silent = await startHttp(onTestFinished, () => {});
    const half = await startHttp(
      onTestFinished,
      (_, response) => void response.writeHead(200, { 'content-length': 10 }).write('half'),
    );
    for (const { port, open } of [silent, half]) {
      await expect(httpCheck(`http://127.0.0.1:${port}`, { timeout: 50 })()).rejects.toThrow(/no answer within 50 ms/);
      await expect.poll(() => open.size).toBe(0);
    }
  });

  it('fails when the connection breaks', async () => {
    const { port } = await startHttp(onTestFinished, (request) => request.socket.resetAndDestroy());
    await expect(httpCheck(`http://127.0.0.1:${port}`)()).rejects.toMatchObject({ code: 'WEFT_UNAVAILABLE' });
  });

  it('does not wait for the end of an answer without end', async () => {
    const { port, open } = await startHttp(onTestFinished, (_, response) => {
      const timer = setInterval(() => response.write('x'.repeat(20_000)), 1);
      response.on('close', () => clearInterval(timer));
    });
    await httpCheck(`http://127.0.0.1:${port}`)();
    await expect.poll(() => open.size).toBe(0);
  });

  it('ends with its signal and holds no connection', async () => {
    const { port, open } = await startHttp(onTestFinished, () => caller.abort());
    const caller = new AbortController();
    const ended = httpCheck(`http://127.0.0.1:${port}`)({ signal: caller.signal });
    await expect(ended).rejects.toMatchObject({ code: 'WEFT_CANCELLED' });
    await expect.poll(() => open.size).toBe(0);
  });

  it('sends the credentials of its address, and tells nobody', async () => {
    const seen: unknown[] = [];
    const { port, open } = await startHttp(onTestFinished, ({ headers, url }, response) => {
      seen.push([headers.authorization, url]);
      response.writeHead(503).end();
    });
    const ended = httpCheck(`http://ann:s3cret@127.0.0.1:${port}/health?token=s3cret`)();
    await expect(ended).rejects.toThrow(`http://127.0.0.1:${port}/health: status 503, expected 200 to 299`);
    expect(seen).toEqual([[`Basic ${btoa('ann:s3cret')}`, '/health?token=s3cret']]);
    await expect.poll(() => open.size).toBe(0);
  });

  it.each([[0], [99], [600], [200.5], [[]], [[200, 0]]])('refuses a status that no answer can have: %j', (status) => {
    expect(() => httpCheck('http://localhost', { status })).toThrow(/^status: .*: expected one or several of 100 to 599$/);
  });

  it.each(['localhost', 'ftp://localhost', 'http://u:s3/cret@h', ''])(
    'refuses what is no address without repeating it: %s',
    (url) => {
      expect(() => httpCheck(url)).toThrow(/^url: expected an address such as "http:\/\/localhost:8080\/health"$/);
    },
  );
});
