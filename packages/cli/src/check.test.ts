import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { weft } from '../test/console.js';
import { type TemporaryApp, temporaryApp } from '../test/temporary-app.js';

let app: TemporaryApp;

beforeEach(async () => {
  app = await temporaryApp();
});

afterEach(() => app.remove());

describe('weft check', () => {
  it('lists driver, slot and file of what would be loaded, and exits 0', async () => {
    const { code, stdout } = await weft(['check'], { folder: app.folder });
    expect(stdout).toMatch(/^weft\.config\.json\n/);
    expect(stdout).toMatch(/registry +file +registry +\S+registry-file\S+\.js\n/);
    expect(stdout).toMatch(/No problems\.\n$/);
    expect(code).toBe(0);
  });

  it('lists every problem and how to install what is missing, and exits 1', async () => {
    await app.write('bad.yaml', 'registry: { driver: consul }\nclient: { retrys: 2 }\ncache: {}\n');
    const { code, stdout } = await weft(['check', 'bad.yaml'], { folder: app.folder });
    expect(stdout).toContain('3 problems:\n  client.retrys: unknown key. Did you mean "retries"?\n');
    expect(stdout).toMatch(/transport +http/);
    expect(stdout).toMatch(/Install what is missing: pnpm add @weft\/registry-consul @weft\/cache\n$/);
    expect(code).toBe(1);
  });

  it('gives one JSON document', async () => {
    const { stdout } = await weft(['check', '--json', '-c', 'weft.config.json'], { folder: app.folder });
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, file: join(app.folder, 'weft.config.json'), problems: [], missing: [] });
  });

  it('fills variables from the environment it is given', async () => {
    await app.write('env.json', `{ "client": { "retries": "\${RETRIES}" } }`);
    expect((await weft(['check', 'env.json'], { folder: app.folder, env: { RETRIES: 'many' } })).stdout).toContain(
      'client.retries',
    );
    expect((await weft(['check', 'env.json'], { folder: app.folder, env: { RETRIES: '2' } })).code).toBe(0);
  });

  it('says so when there is no config', async () => {
    const { code, stderr } = await weft(['check', 'nowhere.yaml'], { folder: app.folder });
    expect(stderr).toContain('nowhere.yaml');
    expect(code).toBe(5);
  });
});
