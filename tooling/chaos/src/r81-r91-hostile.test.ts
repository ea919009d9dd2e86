import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Providers } from './providers.js';

describe('a provider process that is sent hostile requests', () => {
  let providers: Providers;
  let port: number;
  beforeAll(async () => {
    providers = await Providers.start(1);
    port = providers.running.get('things-1')?.port ?? 0;
  });
  afterAll(() => providers.stop());

  /** Sends bytes as they are; resolves to what came back. */
  async function raw(bytes: string): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
    // What has come is the answer, also when the rest of the request was no longer wanted.
    socket.on('error', () => {});
    socket.write(bytes, 'latin1');
    await new Promise((resolve) => socket.once('close', resolve));
    return answer;
  }

  it('R81 one log line per record: CR, LF and ESC of paths and headers are escaped', async () => {
    const before = providers.running.get('things-1')?.lines.join('').length ?? 0;
    const answers: string[] = [];
    for (const path of ['/throws?a=%0d%0a{"level":"info","msg":"forged"}', '/throws?b=%1b[31mred', '/throws?c=%00']) {
      answers.push(await raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nx-user: a\x1b[0m\tb\r\nconnection: close\r\n\r\n`));
      expect(answers.at(-1)).toMatch(/^HTTP\/1.1 (?:500|400)/);
    }
    answers.push(await raw('GET /throws HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'));
    expect(answers.at(-1)).toMatch(/^HTTP\/1.1 500/);
    const panics = answers.filter((answer) => answer.startsWith('HTTP/1.1 500')).length;
    const written = () => (providers.running.get('things-1')?.lines.join('') ?? '').slice(before);
    await expect.poll(() => written().match(/"msg":"Panic/g)).toHaveLength(panics);
    for (const line of written().split('\n').filter(Boolean)) expect(JSON.parse(line)).not.toHaveProperty('msg', 'forged');
    expect(written()).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('R91 a path of 50 KB or of thousands of segments is answered at once', async () => {
    for (const path of [`/${'a'.repeat(50_000)}`, `/things/${'%61'.repeat(2_000)}`, '/things'.repeat(1_000)]) {
      const startedAt = performance.now();
      expect(await raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`)).toMatch(/^HTTP\/1.1 (?:200|404|414|431)/);
      expect(performance.now() - startedAt).toBeLessThan(500);
    }
    expect(await raw('GET /things/1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 200/);
  });
});
