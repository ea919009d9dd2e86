import { settle, virtualClock } from '@weft/conformance';
import { WeftError } from '@weft/core';
import { describe, expect, it } from 'vitest';
import { ConnectionPool, type ConnectionPoolOptions } from './index.js';

/** A connection that counts, and can be lost. */
class Line {
  valid = true;
  closed = false;
  isValid(): boolean {
    return this.valid && !this.closed;
  }
  close(): void {
    this.closed = true;
  }
}

function pooled(options: Partial<ConnectionPoolOptions<Line>> = {}) {
  const made: Line[] = [];
  const clock = virtualClock();
  const create = () => {
    const line = new Line();
    made.push(line);
    return line;
  };
  const pool = new ConnectionPool<Line>({ maxConnections: 2, create, clock, ...options });
  return { pool, made, clock };
}

const codeOf = (given: Promise<unknown>) =>
  given.then(
    () => 'given',
    (error: unknown) => WeftError.from(error).code,
  );

describe('ConnectionPool', () => {
  it('makes a connection when one is asked for, not before (S136, A24)', async () => {
    const { pool, made } = pooled({ maxIdle: 2 });
    expect(made).toEqual([]);
    expect((await pool.getConnection()).isValid()).toBe(true);
    expect(made).toHaveLength(1);
    expect(pool.stats()).toEqual({ max: 2, total: 1, busy: 1, idle: 0, waiting: 0 });
  });

  it('takes maxConnections, maxIdle and idleTimeout one after the other, too', async () => {
    const pool = new ConnectionPool(10, 5, '30s');
    const connection = await pool.getConnection();
    expect(connection.isValid()).toBe(true);
    pool.returnConnection(connection);
    expect(pool.stats()).toMatchObject({ max: 10, idle: 1 });
    await pool.close();
    expect(connection.isValid()).toBe(false);
  });

  it('lends the one again that came back last (S138, S141)', async () => {
    const { pool, made } = pooled();
    const [first, second] = [await pool.getConnection(), await pool.getConnection()];
    pool.returnConnection(first);
    pool.returnConnection(second);
    expect(await pool.getConnection()).toBe(second);
    expect(await pool.getConnection()).toBe(first);
    expect(made).toHaveLength(2);
  });

  it('replaces one that is no longer valid, and closes it (S139)', async () => {
    const { pool, made } = pooled();
    const lost = await pool.getConnection();
    pool.returnConnection(lost);
    lost.valid = false;
    const next = await pool.getConnection();
    expect(next).not.toBe(lost);
    expect(lost.closed).toBe(true);
    expect([made.length, pool.stats().total]).toEqual([2, 1]);
  });

  it('closes what comes back invalid, or asks a broken isValid() (S143)', async () => {
    const { pool } = pooled();
    const [lost, broken] = [await pool.getConnection(), await pool.getConnection()];
    lost.valid = false;
    broken.isValid = () => {
      throw new Error('broken');
    };
    pool.returnConnection(lost);
    pool.returnConnection(broken);
    expect([lost.closed, broken.closed, pool.stats().total]).toEqual([true, true, 0]);
  });

  it('keeps maxIdle and closes the others that come back (S142)', async () => {
    const { pool } = pooled({ maxIdle: 1 });
    const [first, second] = [await pool.getConnection(), await pool.getConnection()];
    pool.returnConnection(first);
    pool.returnConnection(second);
    expect([first.closed, second.closed]).toEqual([false, true]);
    expect(pool.stats()).toMatchObject({ total: 1, idle: 1 });
  });

  it('lends with maxIdle 0 as well, and keeps nothing (A24)', async () => {
    const { pool, made } = pooled({ maxIdle: 0, maxConnections: 1 });
    for (let round = 0; round < 3; round++) pool.returnConnection(await pool.getConnection());
    expect(made.map((line) => line.closed)).toEqual([true, true, true]);
    expect(pool.stats().total).toBe(0);
  });

  it('never has more than the maximum: who comes too late waits in line, first come, first served', async () => {
    const { pool, made } = pooled({ maxIdle: 0 });
    const lent = [await pool.getConnection(), await pool.getConnection()];
    const order: number[] = [];
    const waiting = [0, 1, 2, 3].map((at) =>
      pool.getConnection().then((line) => {
        order.push(at);
        pool.returnConnection(line);
      }),
    );
    expect(pool.stats()).toMatchObject({ total: 2, busy: 2, waiting: 4 });
    for (const line of lent) pool.returnConnection(line);
    await Promise.all(waiting);
    expect(order).toEqual([0, 1, 2, 3]);
    expect(made).toHaveLength(2);
  });

  it('makes a new one for who waits when what comes back is invalid', async () => {
    const { pool } = pooled({ maxConnections: 1 });
    const lost = await pool.getConnection();
    const waiting = pool.getConnection();
    lost.valid = false;
    pool.returnConnection(lost);
    expect((await waiting).isValid()).toBe(true);
    expect(pool.stats().total).toBe(1);
  });

  it('fails with "connection pool timeout" after 5 s, for each from when it came (S140)', async () => {
    const { pool, clock } = pooled({ maxConnections: 1 });
    await pool.getConnection();
    const failed: string[] = [];
    const told = (error: WeftError) => void failed.push(`${clock.now()} ${error.code} ${error.message}`);
    pool.getConnection().catch(told);
    await clock.advance(2_000);
    pool.getConnection().catch(told);
    await clock.advance(2_999);
    expect(failed).toEqual([]);
    await clock.advance(2_001);
    const what = 'WEFT_OVERLOADED connection pool timeout: none of 1 connections came back within 5000 ms';
    expect(failed).toEqual([`6000 ${what}`, `8000 ${what}`]);
    expect(pool.stats().waiting).toBe(0);
  });

  it('waits no longer than the signal allows, and gives the place in line to the next', async () => {
    const { pool } = pooled({ maxConnections: 1 });
    const lent = await pool.getConnection();
    const controller = new AbortController();
    const aborted = codeOf(pool.getConnection({ signal: controller.signal }));
    const next = pool.getConnection();
    controller.abort();
    expect(await aborted).toBe('WEFT_CANCELLED');
    expect(await codeOf(pool.getConnection({ signal: controller.signal }))).toBe('WEFT_CANCELLED');
    pool.returnConnection(lent);
    expect(await next).toBe(lent);
  });

  it('closes idle ones when their time is up, down to none, the longest idle first (A24)', async () => {
    const { pool, clock } = pooled({ idleTimeout: '30s' });
    const [first, second] = [await pool.getConnection(), await pool.getConnection()];
    pool.returnConnection(first);
    await clock.advance(20_000);
    pool.returnConnection(second);
    await clock.advance(10_000);
    expect([first.closed, second.closed]).toEqual([true, false]);
    await clock.advance(20_000);
    expect([second.closed, pool.stats().total, clock.pendingTimers()]).toEqual([true, 0, 0]);
  });

  it('counts idle time anew after each use', async () => {
    const { pool, clock } = pooled({ idleTimeout: '30s' });
    for (let round = 0; round < 5; round++) {
      pool.returnConnection(await pool.getConnection());
      await clock.advance(29_000);
    }
    expect(pool.stats().idle).toBe(1);
  });

  it('leaves alone what it has not lent: a second return, or a stranger', async () => {
    const { pool } = pooled();
    const line = await pool.getConnection();
    pool.returnConnection(line);
    pool.returnConnection(line);
    const stranger = new Line();
    pool.returnConnection(stranger);
    expect(pool.stats()).toMatchObject({ total: 1, idle: 1 });
    expect(stranger.closed).toBe(false);
  });

  it('passes on what create throws, and tries again for the next in line', async () => {
    let tries = 0;
    const create = async () => {
      if (++tries < 3) throw new Error(`refused ${tries}`);
      return new Line();
    };
    const { pool } = pooled({ create, maxConnections: 1 });
    const asked = [pool.getConnection(), pool.getConnection(), pool.getConnection()];
    const told = await Promise.allSettled(asked);
    expect(told.map((one) => (one.status === 'rejected' ? String(one.reason) : 'given'))).toEqual([
      'Error: refused 1',
      'Error: refused 2',
      'given',
    ]);
    expect(pool.stats().total).toBe(1);
  });

  it('keeps a connection whose taker went while it was made', async () => {
    let finish = () => {};
    const create = () => new Promise<Line>((resolve) => (finish = () => resolve(new Line())));
    const { pool } = pooled({ create });
    const controller = new AbortController();
    const asked = codeOf(pool.getConnection({ signal: controller.signal }));
    controller.abort();
    expect(await asked).toBe('WEFT_CANCELLED');
    finish();
    await settle();
    expect(pool.stats()).toMatchObject({ total: 1, idle: 1 });
  });

  it('close() closes what is idle, refuses who waits and who comes, and waits for what is lent', async () => {
    const { pool, clock } = pooled();
    const [first, second] = [await pool.getConnection(), await pool.getConnection()];
    const waiting = codeOf(pool.getConnection());
    let isClosed = false;
    const closing = pool.close().then(() => (isClosed = true));
    expect(await waiting).toBe('WEFT_CLOSED');
    expect(await codeOf(pool.getConnection())).toBe('WEFT_CLOSED');
    pool.returnConnection(first);
    await settle();
    expect([first.closed, second.closed, isClosed]).toEqual([true, false, false]);
    await clock.advance(10_000);
    await closing;
    expect([second.closed, pool.stats().total]).toEqual([true, 0]);
    await pool.close();
  });

  it('closes a connection that was being made when the pool closed', async () => {
    const line = new Line();
    const { pool } = pooled({ create: async () => line });
    const asked = codeOf(pool.getConnection());
    await pool.close();
    expect([await asked, line.closed]).toEqual(['WEFT_CLOSED', true]);
  });

  it.each([
    [{ maxConnections: 0 }, 'maxConnections: 0: expected a whole number from 1'],
    [{ maxConnections: Number.POSITIVE_INFINITY }, 'maxConnections: Infinity: expected a whole number from 1'],
    [{ maxConnections: 2, maxIdle: 3 }, 'maxIdle: 3: expected a whole number from 0 to maxConnections, 2'],
    [{ maxIdle: -1 }, 'maxIdle: -1: expected'],
    [{ idleTimeout: 0 }, 'idleTimeout: 0: expected a time above 0'],
    [{ idleTimeout: 30_000_000_000 }, 'idleTimeout: 30000000000 ms is more than 24 h'],
    [{ checkoutTimeout: '5 seconds' }, 'checkoutTimeout: "5 seconds" is not a duration'],
    [{ connectTimeout: 0 }, 'connectTimeout: 0: expected a duration above 0'],
    [{ maxConections: 5 } as object, 'Unrecognized key: "maxConections"'],
    [{ url: 'ftp://host' }, 'url: expected a URL such as'],
    [{ url: 'http://user:secret@host' }, 'url: expected a URL such as "http://host:8080", without credentials'],
    [{ url: 'http://host/api' }, 'url: has the path "/api": expected host and port alone, such as http://host'],
  ])('refuses %j', (options, message) => {
    expect(() => new ConnectionPool(options)).toThrow(expect.objectContaining({ code: 'WEFT_CONFIG_INVALID' }));
    expect(() => new ConnectionPool(options)).toThrow(message);
  });
});
