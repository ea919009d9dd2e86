import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Manifest, readManifest, root, runtimeDependencies } from './manifests.js';
import { packPackages } from './pack-packages.mjs';

const run = promisify(execFile);

/** All public packages as published, beside each other in a `node_modules` folder outside of this repository. */
export class UnpackedPackages {
  readonly #folder = mkdtempSync(join(tmpdir(), 'weft-unpacked-'));

  /** Packs and unpacks them; what others publish is taken from this workspace, where it is installed already. */
  async unpack(): Promise<void> {
    const tarballs = join(this.#folder, 'tarballs');
    mkdirSync(tarballs);
    for (const tarball of await packPackages(tarballs)) await this.#unpack(tarball);
    cpSync(join(import.meta.dirname, 'fixtures'), this.#folder, { recursive: true });
  }

  /** The folder of a package. */
  folderOf(name: string): string {
    return join(this.#folder, 'node_modules', name);
  }

  /** The manifest of a package, as published. */
  manifestOf(name: string): Manifest {
    return readManifest(this.folderOf(name));
  }

  /** The files of a package, from its folder. */
  filesOf(name: string): string[] {
    const entries = readdirSync(this.folderOf(name), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const own = files.map((file) => file.slice(this.folderOf(name).length + 1));
    return own.filter((file) => !file.startsWith('node_modules/'));
  }

  /** Runs a script of the folder; resolves to what it printed. @throws Error with it when it failed */
  async run(script: string, args: readonly string[]): Promise<string> {
    const { stdout, stderr } = await run(process.execPath, [script, ...args], { cwd: this.#folder });
    return stdout + stderr;
  }

  /** Removes everything. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #unpack(tarball: string): Promise<void> {
    const { stdout } = await run('tar', ['-xzOf', tarball, 'package/package.json']);
    const manifest: Manifest = JSON.parse(stdout);
    const folder = this.folderOf(manifest.name);
    mkdirSync(folder, { recursive: true });
    await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
    const installed = join(root, 'packages', basename(manifest.name), 'node_modules');
    for (const name of runtimeDependencies(manifest).filter((needed) => !needed.startsWith('@weft/'))) {
      const link = join(folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(realpathSync(join(installed, name)), link);
    }
  }
}
