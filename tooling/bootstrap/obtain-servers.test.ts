import { afterEach, describe, expect, it, vi } from 'vitest';
import { obtainServers } from './obtain-servers.mjs';

afterEach(() => vi.restoreAllMocks());

describe('obtaining servers before a run', () => {
  it('says nothing when they are there', async () => {
    const said = listen();
    await obtainServers(['redis'], moduleOf('export const obtainServers = async () => undefined;'));
    expect(said).toEqual([]);
  });

  it('says what it does when it takes a while', async () => {
    const said = listen();
    const slow = 'export const obtainServers = () => new Promise((resolve) => setTimeout(resolve, 1_200));';
    await obtainServers(['redis', 'consul'], moduleOf(slow));
    expect(said).toEqual(['Obtaining redis, consul (first run) ...\n']);
  });

  it('never stops the run', async () => {
    const said = listen();
    await obtainServers(['redis'], moduleOf("export const obtainServers = async () => { throw new Error('as planned'); };"));
    await obtainServers(['redis'], 'file:///not/there.mjs');
    expect(said).toEqual(['No servers: as planned\n', expect.stringMatching(/^No servers: .*not.there/)]);
  });
});

function listen(): string[] {
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  return said;
}

function moduleOf(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
