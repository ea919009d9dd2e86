import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** From where this machine gets Debian packages, and whose signatures it trusts for that. */
export interface AptSource {
  /** Address of the archive. */
  readonly uri: string;
  /** File with the archive's keys. */
  readonly keyring: string;
}

/**
 * Reads the machine's own source of Debian packages, in either of apt's two formats.
 * @param etc apt's folder of settings
 * @returns undefined where there is none: no Debian
 */
export function readAptSource(etc = '/etc/apt'): AptSource | undefined {
  const parts = join(etc, 'sources.list.d');
  const names = existsSync(parts) ? readdirSync(parts).sort() : [];
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  for (const name of names.filter((each) => each.endsWith('.sources'))) {
    for (const stanza of readFileSync(join(parts, name), 'utf8').split(/\n\s*\n/)) {
      const uri = field(stanza, 'URIs');
      if (uri && isDebian(uri)) return { uri, keyring: field(stanza, 'Signed-By') ?? keyring };
    }
  }
  const lists = [join(etc, 'sources.list'), ...names.filter((each) => each.endsWith('.list')).map((each) => join(parts, each))];
  for (const list of lists.filter((each) => existsSync(each))) {
    for (const [, options = '', uri = ''] of readFileSync(list, 'utf8').matchAll(/^deb\s+(?:\[([^\]]*)\]\s+)?(\S+)/gm)) {
      if (isDebian(uri)) return { uri, keyring: /signed-by=(\S+)/.exec(options)?.[1] ?? keyring };
    }
  }
  return undefined;
}

/** The first word of a field of a stanza. */
function field(stanza: string, name: string): string | undefined {
  return new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(stanza)?.[1];
}

/** The archive itself, not the one of security updates: other suites are found beside it. */
function isDebian(uri: string): boolean {
  return /^(https?|file|copy|mirror)[+:].*\/debian\/?$/.test(uri);
}
