import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLANTED, SECRETS } from './secrets.mjs';

const PROGRAM = fileURLToPath(new URL('./telling.mjs', import.meta.url));
const INSTALLED = fileURLToPath(new URL('../node_modules', import.meta.url));

describe('R80 a process that is given six secrets and tells everything about itself', () => {
  let folder = '';
  let said = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-secrets-'));
    await symlink(INSTALLED, join(folder, 'node_modules'));
    const address = `redis://user:${SECRETS.userinfo}@127.0.0.1:1`;
    const registry = { driver: 'redis', address, password: SECRETS.registryPassword, timeout: '300ms' };
    await writeFile(join(folder, 'weft.config.json'), JSON.stringify({ registry }));
    await writeFile(join(folder, 'mistaken.json'), JSON.stringify({ registry: { ...registry, pasword: registry.password } }));
    const child = spawn(process.execPath, [PROGRAM], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    said = out + err;
    expect(code, said.slice(-2_000)).toBe(0);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Where planted words stand: under which title, or in the span or the log line of what. */
  function leaks(): readonly string[] {
    const found = said.split(/^(?=== )/m).flatMap((section) => {
      const [title = '', ...lines] = section.split('\n');
      return lines.filter((line) => line.includes(PLANTED)).map((line) => recordOf(line) ?? title.slice('== '.length));
    });
    return [...new Set(found)];
  }

  it('had them: its handler was sent header, cookie and token', () => {
    expect(said).toContain('arrived: authorization,cookie,token');
  });

  it.each([
    '"kind":"server"',
    '"kind":"client"',
    '"msg":"request"',
    'service_requests_total',
    'WEFT_UNAVAILABLE',
    'refused: ',
    '[redacted]',
  ])('told of itself: there is %s', (sign) => {
    expect(said).toContain(sign);
  });

  it('writes none of them, in logs, errors, spans, metrics, explanations, answers and dumps', () => {
    expect(leaks()).toEqual([]);
  });
});

/** What a line is, when it is a span or a record of the log. */
function recordOf(line: string): string | undefined {
  if (line.startsWith('{"traceId"')) {
    const { name, tags } = JSON.parse(line) as { readonly name: string; readonly tags: Readonly<Record<string, unknown>> };
    return `span ${name} ${tags['error.type'] ?? ''}`.trimEnd();
  }
  return line.startsWith('{"level"') ? `log ${line}` : undefined;
}
