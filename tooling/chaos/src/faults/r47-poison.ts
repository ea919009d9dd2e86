import { memoryMetrics } from '@weft/core';
import { expect } from 'vitest';
import { faultRow } from './fault-row.js';
import { recordWriter } from './record-writer.js';
import { ServiceDiary } from './service-diary.js';
import { until } from './until.js';

const GOOD = {
  id: 'x',
  name: 'things',
  version: '1.0.0',
  host: '127.0.0.1',
  endpoints: [{ protocol: 'http', port: 8_000 }],
  status: 'up',
  incarnation: '1',
  weight: 1,
  tags: [],
  metadata: {},
};
const port = (value: unknown) => text({ endpoints: [{ protocol: 'http', port: value }] });

/** What must not get in, by the id under which it stands. */
const POISON: Readonly<Record<string, string>> = {
  'value-of-1-mb': text({ metadata: { big: 'x'.repeat(1_000_000) } }),
  'key-proto': text({}).replace('"metadata":{}', '"metadata":{"__proto__":{"polluted":"yes"}}'),
  'key-constructor': text({}).replace('"metadata":{}', '"metadata":{"constructor":{"prototype":{"polluted":"yes"}}}'),
  'record-proto': text({ host: 'a/b' }).replace('{', '{"__proto__":{"polluted":"yes"},'),
  'port-0': port(0),
  'port-70000': port(70_000),
  'port-text': port('80'),
  'host-with-user': text({ host: 'a/b@c' }),
  'host-with-nul': text({ host: 'a\0b' }),
  'no-host': text({ host: undefined }),
  'no-endpoints': text({ endpoints: undefined }),
  'no-json': '{"id":',
  'no-object': '7',
  blank: ' ',
};

/** Records that others have written, with the server's own means. */
export const r47 = faultRow({
  id: 'R47',
  title: 'poisoned records: each is refused with one warning and a count, the others work, and nothing is polluted',
  bounds: { detectMs: 2_000 },
  async run(stage) {
    const { backend } = stage;
    const others = await recordWriter(stage);
    await others.put('good-before', 'things');
    for (const [id, poison] of Object.entries(POISON))
      await backend.rawPut('things', id, poison.replace('"id":"x"', `"id":"${id}"`));
    const metrics = memoryMetrics();
    const registry = await backend.openRegistry({ metrics });
    const refused: string[] = [];
    registry.on('record.refused', ({ id }) => refused.push(id));
    const diary = new ServiceDiary(stage, registry, 'things');
    await others.put('good-after', 'things');
    await until('the good ones are seen', 10_000, () => diary.ids.join() === 'good-after,good-before');
    const count = Object.keys(POISON).length;
    stage.detected(
      await until(
        'all are refused',
        10_000,
        () => refused.length >= count,
        () => refused.join(),
      ),
    );
    expect(new Set(refused.filter((id) => id !== '?')).size, `told once each: ${refused}`).toBe(
      refused.filter((id) => id !== '?').length,
    );
    expect(metrics.read('registry.records.refused', { service: 'things' })).toBe(refused.length);

    await others.put('good-late', 'things');
    await until('what comes later is seen', 10_000, () => diary.ids.join() === 'good-after,good-before,good-late');
    expect(refused.length, `told once each: ${refused}`).toBe(count);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect((await registry.listServices()).map(({ id }) => id).sort()).toEqual(['good-after', 'good-before', 'good-late']);
  },
});

function text(change: object): string {
  return JSON.stringify({ ...GOOD, ...change });
}
