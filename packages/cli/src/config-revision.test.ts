import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ran, weft } from '../test/console.js';
import { REVISION_CENTER } from '../test/revision-center.js';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';

let app: TemporaryApp;

beforeEach(async () => {
  app = await temporaryApp();
});

afterEach(() => app.remove());

async function withRevisions(): Promise<void> {
  await app.write('center.mjs', REVISION_CENTER);
  await app.write('weft.config.json', JSON.stringify({ config: { from: './center.mjs' } }));
}

function config(...args: readonly string[]): Promise<Ran> {
  return weft(['config', ...args], { folder: app.folder });
}

describe('weft config get --revision', () => {
  beforeEach(withRevisions);

  it('prints the revision alone, so that a script can name it; with --json the value beside it', async () => {
    await config('set', 'limits', '{"max":3}');
    expect(await config('get', 'limits', '--revision')).toEqual({ code: 0, stdout: 'r1\n', stderr: '' });
    const document = (await config('get', 'limits', '--revision', '--json')).stdout;
    expect(JSON.parse(document)).toEqual({ key: 'limits', revision: 'r1', value: { max: 3 } });
    expect((await config('get', 'nothing', '--revision')).code).toBe(1);
  });

  it('exits 2 where values have no revisions', async () => {
    await app.write('center.mjs', REVISION_CENTER.replace(/, revision: 'r' \+ [^}]*/, ' '));
    await config('set', 'limits', '3');
    const ran = await config('get', 'limits', '--revision');
    expect(ran).toMatchObject({ code: 2, stderr: 'weft: --revision: this config driver gives its values no revisions\n' });
  });
});

describe('weft config set --if-revision', () => {
  beforeEach(withRevisions);

  it('writes while the value has the revision, and with "none" while there is no value', async () => {
    expect((await config('set', 'limits', '3', '--if-revision', 'none')).code).toBe(0);
    expect((await config('set', 'limits', '4', '--if-revision', 'r1')).code).toBe(0);
    expect((await config('get', 'limits')).stdout).toBe('4\n');
  });

  it('exits 6 when somebody else was quicker, and writes nothing', async () => {
    await config('set', 'limits', '3');
    await config('set', 'limits', '4');
    for (const revision of ['r1', 'none']) {
      const ran = await config('set', 'limits', '5', '--if-revision', revision);
      expect(ran).toMatchObject({ code: 6, stdout: '', stderr: expect.stringContaining('has revision "r2"') });
    }
    const { stdout } = await config('set', 'limits', '5', '--if-revision', 'r1', '--json');
    expect(JSON.parse(stdout)).toHaveProperty('error.code', 'WEFT_CONFLICT');
    expect((await config('get', 'limits')).stdout).toBe('4\n');
  });

  it('exits 2 where it could not be heeded', async () => {
    const ran = await config('set', 'limits', '5', '--if-revision', 'none', '--registry', 'file', '--path', '.weft');
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot compare and set') });
  });
});

describe('weft config history', () => {
  it('lists what a value was, newest first', async () => {
    await withRevisions();
    await config('set', 'limits', '3');
    await config('set', 'motd', 'hello');
    await config('set', 'limits', '{"max":4}');
    expect((await config('history', 'limits')).stdout).toBe('REVISION  VALUE\nr3        {"max":4}\nr1        3\n');
    expect(JSON.parse((await config('history', 'limits', '--json')).stdout)).toEqual([
      { revision: 'r3', value: { max: 4 } },
      { revision: 'r1', value: 3 },
    ]);
    expect((await config('history', 'nothing')).code).toBe(1);
  });

  it('exits 2 where nothing is remembered', async () => {
    expect(await config('history', 'limits')).toMatchObject({ code: 2, stderr: expect.stringContaining('keeps none') });
  });
});
