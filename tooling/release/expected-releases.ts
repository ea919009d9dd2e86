import { type Manifest, runtimeDependencies } from './manifests.js';

/** How large a change is. */
export type Step = 'minor' | 'patch';

/** When a package is released because of what it depends on: when its range asks for it, or at each step. */
export type DependentsRule = 'out-of-range' | 'always';

/**
 * The versions after a release in which one package changed, of all that change. A package follows with a patch when
 * something that it depends on at run time is released and its `^` range does not have it.
 */
export function expectedReleases(
  manifests: readonly Manifest[],
  changed: string,
  step: Step,
  rule: DependentsRule,
): Record<string, string> {
  const releases: Record<string, string> = {};
  const follow = (name: string, by: Step) => {
    const { version } = manifests.find((manifest) => manifest.name === name) as Manifest;
    if (name in releases) return;
    releases[name] = next(version, by);
    if (rule === 'out-of-range' && !leavesRange(version, by)) return;
    for (const dependent of manifests) if (runtimeDependencies(dependent).includes(name)) follow(dependent.name, 'patch');
  };
  follow(changed, step);
  return releases;
}

/** Whether `^version` does not have the next one: semver, "caret ranges". */
function leavesRange(version: string, step: Step): boolean {
  const [major, minor] = partsOf(version);
  return major === 0 && (step === 'minor' || minor === 0);
}

function next(version: string, step: Step): string {
  const [major, minor, patch] = partsOf(version);
  return step === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

function partsOf(version: string): [number, number, number] {
  const [major, minor, patch] = version.split('.').map(Number);
  return [major ?? 0, minor ?? 0, patch ?? 0];
}
