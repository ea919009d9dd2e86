import { dependencyProblems } from './dependency-rules.mjs';
import { importProblems } from './import-rules.mjs';
import { sourceProblems } from './source-rules.mjs';
import { readWorkspace } from './workspace.mjs';

/**
 * The rules of the architecture that a machine can check.
 * @param {string} root of a workspace
 * @returns {string[]} one line per broken rule: the file, then the rule
 */
export function layerProblems(root) {
  const packages = readWorkspace(root);
  if (packages.length === 0) return [`no package below ${root}`];
  return [...dependencyProblems(packages), ...importProblems(packages), ...sourceProblems(packages)];
}
