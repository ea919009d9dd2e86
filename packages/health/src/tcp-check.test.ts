import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort, startTcp } from './real-server.fixture.js';
import { tcpCheck } from './tcp-check.js';

describe('tcpCheck', () => {
  it('passes where a connection is accepted, and closes it', async () => {
    const accepted: unknown[] = [];
    const { port, open } = await startTcp(onTestFinished, (socket) => accepted.push(socket));
    await tcpCheck('127.0.0.1', port)();
    await expect.poll(() => [accepted.length, open.size]).toEqual([1, 0]);
  });

  it('fails where none is, and says so', async () => {
    const port = await freePort();
    await expect(tcpCheck('localhost', port)()).rejects.toThrow(new RegExp(`^localhost:${port}: .*ECONNREFUSED`));
  });

  it('does not try for one that no longer wants to know', async () => {
    const { port, open } = await startTcp(onTestFinished);
    const signal = AbortSignal.abort();
    await expect(tcpCheck('127.0.0.1', port)({ signal })).rejects.toMatchObject({ code: 'WEFT_CANCELLED' });
    expect(open.size).toBe(0);
  });

  it('refuses a host that is none, which would be this machine', () => {
    expect(() => tcpCheck('', 5_432)).toThrow(/^host: "": expected a host name or an IP address$/);
  });

  it.each([0, 65_536, 1.5, Number.NaN])('refuses the port %s', (port) => {
    expect(() => tcpCheck('localhost', port)).toThrow(/port: .*expected 1 to 65535/);
  });
});
