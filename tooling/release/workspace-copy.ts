import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DependentsRule, Step } from './expected-releases.js';
import { readManifest, root, workspaceFolders } from './manifests.js';

/** The manifests of this workspace in a folder of its own, where a release may write versions and changelogs. */
export class WorkspaceCopy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'weft-release-'));

  constructor() {
    const files = ['package.json', 'pnpm-workspace.yaml', join('.changeset', 'config.json')];
    for (const folder of workspaceFolders()) files.push(join(folder, 'package.json'));
    for (const file of files) cpSync(join(root, file), join(this.#folder, file));
    symlinkSync(join(root, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /** What the configuration says about dependents; changesets leaves them where they are unless a range asks for it. */
  get dependentsRule(): DependentsRule {
    const config = JSON.parse(this.read(join('.changeset', 'config.json')) ?? '{}');
    return config.___experimentalUnsafeOptions_WILL_CHANGE_IN_PATCH?.updateInternalDependents ?? 'out-of-range';
  }

  /** Notes a change, as `changeset` would after having asked. */
  addChangeset(name: string, step: Step, summary: string): void {
    writeFileSync(join(this.#folder, '.changeset', 'a-change.md'), `---\n"${name}": ${step}\n---\n\n${summary}\n`);
  }

  /** Turns the noted changes into versions and changelogs. */
  async version(): Promise<void> {
    const changeset = join(root, 'node_modules', '@changesets', 'cli', 'bin.js');
    await promisify(execFile)(process.execPath, [changeset, 'version'], { cwd: this.#folder });
  }

  /** The text of a file, by its path from the root; undefined when there is none. */
  read(path: string): string | undefined {
    const file = join(this.#folder, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  /** Folders of the packages whose manifest is not what it was, with their new versions by name. */
  released(): { readonly folders: string[]; readonly versions: Record<string, string> } {
    const folders = workspaceFolders().filter((folder) => {
      const path = join(folder, 'package.json');
      return this.read(path) !== readFileSync(join(root, path), 'utf8');
    });
    const manifests = folders.map((folder) => readManifest(join(this.#folder, folder)));
    return { folders, versions: Object.fromEntries(manifests.map(({ name, version }) => [name, version])) };
  }

  /** Removes the folder. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
