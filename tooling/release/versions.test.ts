import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { expectedReleases, type Step } from './expected-releases.js';
import { publicManifests, readManifest, root, workspaceFolders } from './manifests.js';
import { WorkspaceCopy } from './workspace-copy.js';

const manifests = publicManifests();
const copies: WorkspaceCopy[] = [];

afterEach(() => {
  for (const copy of copies.splice(0)) copy.remove();
});

async function release(name: string, step: Step): Promise<WorkspaceCopy> {
  const copy = new WorkspaceCopy();
  copies.push(copy);
  copy.addChangeset(name, step, 'A lost answer is found again.');
  await copy.version();
  return copy;
}

describe('changeset version', () => {
  it.each<[string, Step]>([
    ['@weft/core', 'patch'],
    ['@weft/core', 'minor'],
    ['@weft/breaker', 'minor'],
    ['@weft/registry-file', 'minor'],
    ['@weft/conformance', 'minor'],
  ])('releases for %s, %s: the package, the dependents that need it, nothing else', async (name, step) => {
    const copy = await release(name, step);
    expect(copy.released().versions).toEqual(expectedReleases(manifests, name, step, copy.dependentsRule));
  });

  it('releases all that depend on core when core takes a step that their ranges do not have', async () => {
    const { versions } = (await release('@weft/core', 'minor')).released();
    expect(Object.keys(versions).sort()).toEqual(manifests.map(({ name }) => name).sort());
    expect(new Set(Object.values(versions)).size).toBeGreaterThan(1);
  });

  it('leaves apps and tools as they are, byte for byte', async () => {
    const copy = await release('@weft/core', 'minor');
    const hidden = workspaceFolders().filter((folder) => readManifest(join(root, folder)).private);
    expect(hidden).toContain(join('tooling', 'release'));
    for (const folder of hidden) {
      const path = join(folder, 'package.json');
      expect(copy.read(path), path).toBe(readFileSync(join(root, path), 'utf8'));
      expect(copy.read(join(folder, 'CHANGELOG.md')), folder).toBeUndefined();
    }
  });

  it('changes nothing but the version in a manifest, and uses the changeset up', async () => {
    const copy = await release('@weft/core', 'minor');
    for (const folder of copy.released().folders) {
      const before = readFileSync(join(root, folder, 'package.json'), 'utf8');
      const after = copy.read(join(folder, 'package.json')) ?? '';
      expect(after.replace(/"version": ".*"/, ''), folder).toBe(before.replace(/"version": ".*"/, ''));
    }
    expect(copy.read(join('.changeset', 'a-change.md'))).toBeUndefined();
  });

  it('tells in the changelogs what changed, and because of what the others follow', async () => {
    const copy = await release('@weft/core', 'minor');
    const { versions } = copy.released();
    expect(copy.read('packages/core/CHANGELOG.md')).toMatch(
      `## ${versions['@weft/core']}\n\n### Minor Changes\n\n- A lost answer is found again.\n`,
    );
    for (const folder of copy.released().folders.filter((folder) => folder !== join('packages', 'core')))
      expect(copy.read(join(folder, 'CHANGELOG.md')), folder).toContain(`- @weft/core@${versions['@weft/core']}`);
  });
});
