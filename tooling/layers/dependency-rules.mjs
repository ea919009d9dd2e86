/** @typedef {import('./workspace.mjs').Package} Package */

/**
 * What the manifests alone say against the layers.
 * @param {readonly Package[]} packages
 * @returns {string[]} one line per broken rule
 */
export function dependencyProblems(packages) {
  const byName = new Map(packages.map((each) => [each.name, each]));
  return [...packages.flatMap((each) => layerProblems(each, byName)), ...cycleProblems(packages, byName)];
}

/**
 * @param {Package} from
 * @param {ReadonlyMap<string, Package>} byName
 * @returns {string[]}
 */
function layerProblems(from, byName) {
  const file = `${from.folder}/package.json`;
  if (!from.folder.startsWith('packages/')) return [];
  if (from.layer === undefined) return [`${file}: "weft": { "layer": n } is missing`];
  const { layer } = from;
  return from.runtime.flatMap((name) => {
    const to = byName.get(name);
    if (!to || (to.layer ?? Infinity) < layer) return [];
    if (to.isDriver && from.isDriver) return [`${file}: depends on ${name}, but drivers never depend on each other`];
    return [`${file}: layer ${layer} depends on ${name} of layer ${to.layer ?? 'none'}; only smaller layers may be used`];
  });
}

/**
 * Dependencies and devDependencies together: the task runner refuses a circle of either.
 * @param {readonly Package[]} packages
 * @param {ReadonlyMap<string, Package>} byName
 */
function cycleProblems(packages, byName) {
  /** @type {Set<Package>} */
  const done = new Set();
  /** @type {string[]} */
  const problems = [];
  /**
   * @param {Package} each
   * @param {readonly Package[]} path
   */
  const visit = (each, path) => {
    if (path.includes(each)) {
      const circle = [...path.slice(path.indexOf(each)), each].map(({ name }) => name);
      problems.push(`${each.folder}/package.json: dependencies form a circle: ${circle.join(' -> ')}`);
    }
    if (done.has(each)) return;
    done.add(each);
    for (const name of each.all) {
      const next = byName.get(name);
      if (next) visit(next, [...path, each]);
    }
  };
  for (const each of packages) visit(each, []);
  return problems;
}
