import { virtualClock } from '@weft/conformance';
import { type DriverHost, noopLogger } from '@weft/core';
import { describe, expect, it } from 'vitest';
import driver from './index.js';
import { recordingLogger } from './recording-logger.fixture.js';

const host: DriverHost = {
  get: () => {
    throw new Error('needs nothing');
  },
  clock: virtualClock(),
  folder: '.',
  logger: noopLogger,
  signal: new AbortController().signal,
};

describe('the driver otel of the slot metrics', () => {
  it('says what it is', () => {
    expect(driver).toMatchObject({ contract: 1, slot: 'metrics', name: 'otel' });
  });

  it('checks its options: unknown keys are issues', async () => {
    const check = driver.options['~standard'].validate;
    expect(await check({ prometheus: { port: 0 } })).toEqual({ value: { prometheus: { port: 0 } } });
    expect(await check({ port: 0 })).toHaveProperty('issues');
  });

  it('measures from the moment it is open, says where, and gives its port back when it is stopped', async () => {
    const { logger, lines } = recordingLogger();
    const opened = await driver.open({ prometheus: { port: 0 } }, { ...host, logger });
    opened.value.increment('jobs');
    const [, url = ''] = /^info metrics can be fetched .*"url":"([^"]+)"/.exec(lines[0] ?? '') ?? [];
    expect(await (await fetch(url)).text()).toContain('jobs_total 1\n');
    await opened.stop?.(host.signal);
    await opened.stop?.(host.signal);
    await expect(fetch(url)).rejects.toThrow();
  });
});
