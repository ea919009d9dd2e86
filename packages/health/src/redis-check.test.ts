import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort, startTcp } from './real-server.fixture.js';
import { type Pingable, redisCheck } from './redis-check.js';

describe('redisCheck', () => {
  it('passes when a client answers its ping (S182)', async () => {
    await redisCheck({ ping: async () => 'PONG' })();
  });

  it('fails when a client does not, or not in time', async () => {
    const refused = { ping: async () => Promise.reject(new Error('Connection is closed.')) };
    await expect(redisCheck(refused)()).rejects.toThrow('redis: Connection is closed.');
    const waiting = { ping: () => new Promise(() => {}) };
    await expect(redisCheck(waiting, { timeout: 20 })()).rejects.toThrow('redis: no answer within 20 ms');
  });

  it('passes when a server answers a PING, and closes the connection', async () => {
    const { port, open, heard } = await startRedis(['+PO', 'NG\r\n']);
    await redisCheck(`redis://127.0.0.1:${port}`)();
    expect(heard.join('')).toBe('*1\r\n$4\r\nPING\r\n');
    await expect.poll(() => open.size).toBe(0);
  });

  it('authenticates with user and password of the address', async () => {
    const { port, heard } = await startRedis(['+OK\r\n+PONG\r\n']);
    await redisCheck(`redis://ann:s3cr%20ü@127.0.0.1:${port}`)();
    expect(heard.join('')).toBe('*3\r\n$4\r\nAUTH\r\n$3\r\nann\r\n$7\r\ns3cr ü\r\n*1\r\n$4\r\nPING\r\n');
  });

  it.each([
    ['-NOAUTH Authentication required.', 'NOAUTH Authentication required.'],
    ['-WRONGPASS invalid username-password pair\r\n-NOAUTH', 'WRONGPASS invalid username-password pair'],
    ['+OK\r\n-LOADING Redis is loading the dataset in memory', 'LOADING Redis is loading the dataset in memory'],
    ['HTTP/1.1 400 Bad Request', 'this is no Redis'],
    ['+'.repeat(5_000), 'this is no Redis'],
  ])('fails with what the server says: %s', async (answer, reason) => {
    const { port } = await startRedis([`${answer}\r\n`]);
    const ended = redisCheck(`redis://:s3cret@127.0.0.1:${port}`)();
    await expect(ended).rejects.toThrow(`redis 127.0.0.1:${port}: ${reason}`);
  });

  it('fails when the server closes, does not answer, or is not there', async () => {
    const closing = await startTcp(onTestFinished, (socket) => socket.end());
    await expect(redisCheck(`127.0.0.1:${closing.port}`)()).rejects.toMatchObject({ code: 'WEFT_UNAVAILABLE' });
    const silent = await startTcp(onTestFinished);
    await expect(redisCheck(`127.0.0.1:${silent.port}`, { timeout: 50 })()).rejects.toThrow(/no answer within 50 ms/);
    await expect.poll(() => silent.open.size).toBe(0);
    await expect(redisCheck(`127.0.0.1:${await freePort()}`)()).rejects.toThrow(/ECONNREFUSED/);
    await expect(redisCheck(`rediss://127.0.0.1:${closing.port}`)()).rejects.toMatchObject({ code: 'WEFT_UNAVAILABLE' });
  });

  it('refuses what cannot be asked', () => {
    expect(() => redisCheck({} as Pingable)).toThrow(
      /^target: expected a client with ping\(\), or an address such as "localhost:6379"$/,
    );
  });

  it('refuses what is no single address', () => {
    expect(() => redisCheck('http://localhost')).toThrow(/address: .*known: redis:\/\/, rediss:\/\//);
    expect(() => redisCheck('a:1,b:2')).toThrow(/address: several addresses: make a check for each/);
  });
});

async function startRedis(answers: readonly string[]) {
  const heard: string[] = [];
  const server = await startTcp(onTestFinished, (socket) => {
    socket.on('data', (chunk) => heard.push(chunk.toString()));
    socket.once('data', async () => {
      for (const answer of answers) {
        socket.write(answer);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
  });
  return { ...server, heard };
}
