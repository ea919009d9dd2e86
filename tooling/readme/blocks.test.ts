import { findServer } from '@weft-tooling/servers';
import { describe, expect, it } from 'vitest';
import { BlockServers, backendOf } from './block-servers.mjs';
import { blocksOf, openingProblems } from './blocks.mjs';
import { compileBlocks } from './compile-blocks.mjs';
import { withPackageTable } from './package-table.mjs';
import { runBlock } from './run-block.mjs';

const fence = '```';

describe('the code of a README', () => {
  it('is what stands in ts blocks, unless they are marked no-run', () => {
    const text = ['# A', `${fence}ts`, 'one();', fence, `${fence}ts no-run`, 'two();', fence, `${fence}json`, '{}', fence].join(
      '\n',
    );
    expect(blocksOf('README.md', text)).toEqual([{ readme: 'README.md', line: 2, code: 'one();' }]);
  });

  it('opens with a block by line 10 of at most 10 lines', () => {
    expect(openingProblems('README.md', { readme: 'README.md', line: 10, code: 'x\n'.repeat(9) })).toEqual([]);
    expect(openingProblems('README.md', { readme: 'README.md', line: 11, code: 'x\n'.repeat(10) })).toEqual([
      'README.md:11: the first ```ts block starts after line 10',
      'README.md:11: the first ```ts block has 11 lines; 10 are enough',
    ]);
    expect(openingProblems('README.md', undefined)).toEqual(['README.md: has no ```ts block that runs']);
  });

  it('is checked for types at the line where the reader sees it', async () => {
    const { problems, remove } = await compileBlocks([{ readme: 'README.md', line: 7, code: "\nconst a: number = '1';" }]);
    remove();
    expect(problems).toEqual([expect.stringMatching(/^README\.md:9: error TS2322/)]);
  });

  it('runs as a module of its own, and its failure is shown', async () => {
    const { modules, problems, remove } = await compileBlocks([
      {
        readme: 'a',
        line: 1,
        code: "import assert from 'node:assert';\nconst one: number = await Promise.resolve(1);\nassert.equal(one, 1);",
      },
      { readme: 'b', line: 1, code: "throw new Error('as planned');" },
    ]);
    const results = await Promise.all(modules.map((module) => runBlock(module)));
    remove();
    expect(problems).toEqual([]);
    expect(results).toEqual([undefined, expect.stringMatching(/^failed with exit code 1[\s\S]*as planned/)]);
  });
});

describe('the server of a README', () => {
  it('is told by the end of the name of its package', () => {
    const readmes = ['packages/registry-consul/README.md', 'packages/config-memory/README.md', 'README.md'];
    expect(readmes.map(backendOf)).toEqual(['consul', undefined, undefined]);
  });

  it('is one for all READMEs of its kind, and its address is in the environment of their blocks', async () => {
    const servers = new BlockServers();
    try {
      const [first, second, none] = await Promise.all([
        servers.environmentOf('packages/registry-redis/README.md'),
        servers.environmentOf('packages/config-redis/README.md'),
        servers.environmentOf('packages/core/README.md'),
      ]);
      expect(second).toEqual(first);
      expect(none).toEqual({ env: {} });
      const isMissing = 'missing' in findServer('redis');
      const running = { env: { REDIS_ADDRESS: expect.stringMatching(/^127\.0\.0\.1:\d+$/) } };
      expect(first).toEqual(isMissing ? { missing: expect.stringContaining('no redis here') } : running);
    } finally {
      await servers.stop();
    }
  });
});

describe('the list of packages', () => {
  it('stands between its markers', () => {
    const packages = [{ folder: 'core', name: '@weft/core', description: 'Contracts.', layer: 0 }];
    const text = 'before\n<!-- packages -->\nold\n<!-- /packages -->\nafter\n';
    expect(withPackageTable(text, packages)).toBe(
      'before\n<!-- packages -->\n| package | what it does |\n| --- | --- |\n| [`@weft/core`](packages/core) | Contracts. |\n<!-- /packages -->\nafter\n',
    );
    expect(() => withPackageTable('nothing', packages)).toThrow('markers');
  });
});
