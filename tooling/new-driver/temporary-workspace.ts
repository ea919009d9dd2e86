import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const exec = promisify(execFile);

/** What is not copied but linked: it is only read, and large. */
const INSTALLED = 'node_modules';

/** What a program that was run has said. */
export interface RunResult {
  readonly code: number;
  readonly output: string;
}

/** All files of this workspace in a folder of its own, with what is installed here. */
export class TemporaryWorkspace {
  /** Its root. */
  readonly folder: string = mkdtempSync(join(tmpdir(), 'weft-new-driver-'));

  /** Copies what git knows or would take. */
  async fill(): Promise<void> {
    const { stdout } = await exec('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
    const files = stdout.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
    for (const file of files) cpSync(join(root, file), join(this.folder, file));
    const manifests = files.filter((file) => file.endsWith('package.json'));
    for (const folder of manifests.map(dirname)) this.install(folder, folder);
  }

  /** Links what is installed for a package of this workspace to a package of the copy. */
  install(folder: string, like: string): void {
    const installed = join(root, like, INSTALLED);
    if (existsSync(installed)) symlinkSync(installed, join(this.folder, folder, INSTALLED));
  }

  /** Runs a module below `node_modules` or the folder itself, in a folder of the copy. */
  run(module: string, args: readonly string[], folder = '.'): Promise<RunResult> {
    const env = { ...process.env, NO_COLOR: '1' };
    return new Promise((resolve) => {
      const program = join(this.folder, module);
      execFile(process.execPath, [program, ...args], { cwd: join(this.folder, folder), env }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) || 1 : 0, output: `${stdout}${stderr}` });
      });
    });
  }

  /** The text of a file. */
  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  /** A hash of each file by its path. */
  hashes(): ReadonlyMap<string, string> {
    return new Map(this.paths('').map((path) => [path, createHash('sha1').update(this.read(path)).digest('hex')]));
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private paths(folder: string): readonly string[] {
    return readdirSync(join(this.folder, folder)).flatMap((name) => {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (name === INSTALLED) return [];
      return lstatSync(join(this.folder, path)).isDirectory() ? this.paths(path) : [path];
    });
  }
}
