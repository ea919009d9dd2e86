/** The oldest Node that can `require()` an ES module without a flag. */
const oldest = [20, 19];

/**
 * What is wrong with this version of Node, if anything.
 * @param {string} version as in process.versions.node
 * @returns {string | undefined}
 */
export function nodeVersionProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = oldest;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return undefined;
  return `Weft needs Node ${oldest.join('.')} or newer; this is Node ${version}.`;
}
