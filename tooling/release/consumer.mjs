import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packPackages } from './pack-packages.mjs';

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));

/** What npm says when there is nobody at the other end; anything else is our fault. */
const unreachable =
  /EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|E50\d|ENOTCACHED/;

/** A project of somebody else, outside this repository, with packed packages of ours installed by npm. */
export class Consumer {
  /** Its folder. */
  folder = mkdtempSync(join(tmpdir(), 'weft-consumer-'));

  /**
   * @param {readonly string[]} names what it depends on; the @weft packages that these need come as tarballs, too
   * @returns {Promise<boolean>} false if the registry cannot be reached
   * @throws Error if npm failed for another reason
   */
  async install(names) {
    cpSync(fixtures, this.folder, { recursive: true });
    const tarballs = await packPackages(this.folder, names);
    const dependencies = await Promise.all(tarballs.map((tarball) => this.dependency(tarball)));
    const manifest = { name: 'consumer', private: true, type: 'module', dependencies: Object.fromEntries(dependencies) };
    writeFileSync(join(this.folder, 'package.json'), JSON.stringify(manifest));

    const options = ['--prefer-offline', '--no-audit', '--no-fund', '--fetch-retries=1', '--fetch-retry-mintimeout=1000'];
    const { code, output } = await this.run('npm', ['install', ...options]);
    if (code === 0) return true;
    if (unreachable.test(output)) return false;
    throw new Error(`npm install failed:\n${output}`);
  }

  /**
   * Runs a program in the folder.
   * @param {string} program
   * @param {readonly string[]} args
   * @returns {Promise<{ code: number, output: string }>}
   */
  run(program, args) {
    return new Promise((resolve) => {
      execFile(program, args, { cwd: this.folder, timeout: 120_000 }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) || 1 : 0, output: `${stdout}${stderr}` });
      });
    });
  }

  /** The names of all installed packages, each once. */
  installed() {
    const lock = JSON.parse(readFileSync(join(this.folder, 'node_modules', '.package-lock.json'), 'utf8'));
    return [...new Set(Object.keys(lock.packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)))];
  }

  /** The size of all installed files. */
  installedBytes() {
    return readdirSync(join(this.folder, 'node_modules'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * @param {string} tarball
   * @returns {Promise<[string, string]>} name and where it comes from
   */
  async dependency(tarball) {
    const { output } = await this.run('tar', ['-xzOf', tarball, 'package/package.json']);
    return [JSON.parse(output).name, `file:${tarball}`];
  }
}
