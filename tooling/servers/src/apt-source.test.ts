import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAptSource } from './apt-source.js';

let etc = '';

beforeEach(() => {
  etc = mkdtempSync(join(tmpdir(), 'weft-apt-'));
});
afterEach(() => rmSync(etc, { recursive: true, force: true }));

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

describe("the machine's source of Debian packages", () => {
  it('is read from stanzas, past those of others and of security updates', () => {
    write('sources.list.d/a.sources', 'Types: deb\nURIs: https://example.test/tools\nSuites: stable\n');
    write(
      'sources.list.d/debian.sources',
      'Types: deb\nURIs: http://mirror.test/debian-security\nSuites: x-security\n\nTypes: deb\n# moved\nURIs: http://mirror.test/debian/\nSuites: x\nSigned-By: /keys/own.gpg\n',
    );
    expect(readAptSource(etc)).toEqual({ uri: 'http://mirror.test/debian/', keyring: '/keys/own.gpg' });
  });

  it('is read from lines, with and without options', () => {
    write('sources.list', '# deb http://old.test/debian x main\ndeb http://mirror.test/debian x main\n');
    expect(readAptSource(etc)).toEqual({ uri: 'http://mirror.test/debian', keyring });
    write('sources.list', 'deb [arch=amd64 signed-by=/keys/own.gpg] http://mirror.test/debian x main\n');
    expect(readAptSource(etc)).toEqual({ uri: 'http://mirror.test/debian', keyring: '/keys/own.gpg' });
  });

  it('is not there on another system', () => {
    expect(readAptSource(join(etc, 'nothing'))).toBeUndefined();
    write('sources.list', 'deb http://archive.test/ubuntu noble main\n');
    expect(readAptSource(etc)).toBeUndefined();
  });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(etc, path)), { recursive: true });
  writeFileSync(join(etc, path), text);
}
