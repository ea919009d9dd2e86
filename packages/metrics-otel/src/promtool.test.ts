import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KNOWN_METRICS } from './known-metrics.js';
import { openOtelMetrics } from './otel-metrics.js';

const promtool = fileURLToPath(new URL('../../../.servers/prometheus/usr/bin/promtool', import.meta.url));
const isHere = process.env.WEFT_SERVERS !== 'off' && existsSync(promtool);
const reason = isHere ? '' : ': no prometheus here: it is obtained by npm run servers -- obtain prometheus';

describe.skipIf(!isHere)(`promtool check metrics${reason}`, () => {
  it('has nothing to say about our endpoint, with every metric that we know and all that labels may hold', async () => {
    const { metrics, url, close } = await openOtelMetrics({ prometheus: { port: 0 }, serviceName: 'user-service' });
    onTestFinished(close);
    const labels = { path: '/a"\\\n\r\t\0\u001b\ud800ü', 'http.route': 'x', __name__: 'y', '1st': 'z' };
    for (const [name, { unit }] of Object.entries(KNOWN_METRICS)) {
      if (/^(nodejs|v8js|process)\./.test(name)) continue;
      if (unit === 's') metrics.histogram(name, 0.5, labels);
      else if (/age|instances|suspects/.test(name)) metrics.gauge(name, 1, labels);
      else metrics.increment(name, labels);
    }
    await pause(60);
    const text = await (await fetch(String(url))).text();
    const { stdout, stderr, status } = spawnSync(promtool, ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
    expect(text.match(/^# TYPE /gm)?.length).toBeGreaterThan(25);
  });
});
