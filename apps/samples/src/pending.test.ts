import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The code samples of the seed, by its headings; the number stands in the names of files and in PENDING.md. */
const SEED_SAMPLES: Readonly<Record<string, string>> = {
  '01': '基础用法 / 1. 基本微服务配置',
  '02': '基础用法 / 2. 服务间通信',
  '03': '基础用法 / 3. 服务发现',
  '04': 'API 参考 / Client 接口',
  '05': 'API 参考 / Service 接口',
  '06': 'API 参考 / Registry 接口',
  '07': '高级功能 / 1. 熔断器模式',
  '08': '高级功能 / 2. 负载均衡',
  '09': '高级功能 / 3. 服务网格',
  '10': '高级功能 / 4. 分布式配置',
  '11': '高级功能 / 5. 分布式追踪',
  '12': '配置选项 / 微服务系统配置',
  '13': '配置选项 / 配置示例',
  '14': '性能优化 / 1. 连接池管理',
  '15': '性能优化 / 2. 请求缓存',
  '16': '性能优化 / 3. 批量请求',
  '17': '测试 / 1. 微服务测试',
  '18': '测试 / 2. 熔断器测试',
  '19': '调试和监控 / 1. 服务监控',
  '20': '调试和监控 / 2. 分布式追踪',
  '21': '最佳实践 / 1. 服务设计',
  '22': '最佳实践 / 2. 错误处理',
  '23': '最佳实践 / 3. 服务健康检查',
  '24': '最佳实践 / 4. 服务版本管理',
};

/** The snippets of the public API, and the file of each. */
const API_SNIPPETS: Readonly<Record<string, string>> = {
  'Service (provider)': 'api-service.test.ts',
  'Client (caller)': 'api-client.test.ts',
  'Registry and discovery': 'api-registry.test.ts',
  'Config center': 'api-config-center.test.ts',
  'Breaker, balancer, tracer, mesh, monitor': 'api-parts.test.ts',
  Host: 'api-host.test.ts',
  'Host: names of the defaults': 'api-config-names.test.ts',
  'Classes of the single packages': 'api-classes.test.ts',
  'Conformance and drivers': 'api-conformance.test.ts',
};

/** The items of the checklist that the seed's code samples are made of: S11 to S195. */
const FIRST_ITEM = 11;
const LAST_ITEM = 195;

/** What a row of PENDING.md may wait for. */
const PARTS = ['messages', 'mesh', 'product'];

const here = new URL('.', import.meta.url);
const files = readdirSync(here).filter((name) => name !== 'pending.test.ts');
const pendingText = readFileSync(new URL('../PENDING.md', import.meta.url), 'utf8');
const rows = pendingText
  .split('\n')
  .filter((line) => /^\| (?:seed|api) /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, sample = '', waiting = '', items = '', part = '']) => ({ sample, waiting, items, part }));

/** The items that `S12`, `S12-S15` and `S12, S13` name. */
function itemsOf(text: string): number[] {
  return [...text.matchAll(/\bS(\d+)(?:-S(\d+))?/g)].flatMap(([, first, last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index),
  );
}

describe('the samples', () => {
  it.each(Object.entries(SEED_SAMPLES))('are there or pending: seed %s, %s', (number) => {
    const isThere = files.some((name) => name.startsWith(`seed-${number}-`));
    const isPending = rows.some(({ sample }) => sample === `seed ${number}`);
    expect(isThere || isPending).toBe(true);
  });

  it.each(Object.entries(API_SNIPPETS))('are there: %s of the public API', (_, file) => {
    expect(files).toContain(file);
  });

  it('are all of the list: no sample of another number', () => {
    const numbers = files.flatMap((name) => /^seed-(\d\d)-/.exec(name)?.[1] ?? []);
    expect(numbers.filter((number) => !(number in SEED_SAMPLES))).toEqual([]);
  });

  it('prove every item of the checklist in a test that names it, or it is pending (S11-S195)', () => {
    const tests = files.filter((name) => name.endsWith('.test.ts'));
    const titles = tests.flatMap((name) => readFileSync(new URL(name, here), 'utf8').match(/\bit\((['"]).*?\1, /g) ?? []);
    const covered = new Set([...titles, ...rows.map(({ items }) => items)].flatMap(itemsOf));
    const wanted = Array.from({ length: LAST_ITEM - FIRST_ITEM + 1 }, (_, index) => FIRST_ITEM + index);
    expect(wanted.filter((item) => !covered.has(item)).map((item) => `S${item}`)).toEqual([]);
  });
});

describe('PENDING.md', () => {
  it('names for each row a sample of the list, what is missing, and the part of the roadmap that brings it', () => {
    for (const { sample, waiting, part } of rows) {
      const [kind, ...name] = sample.split(' ');
      const known = kind === 'seed' ? name.join(' ') in SEED_SAMPLES : files.includes(`api-${name.join('-')}.test.ts`);
      expect(known, `${sample} is not in the list`).toBe(true);
      expect(waiting, sample).not.toBe('');
      expect(PARTS, sample).toContain(part);
    }
  });
});
