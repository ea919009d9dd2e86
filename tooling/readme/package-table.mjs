/** @typedef {import('./readmes.mjs').PackageManifest} PackageManifest */

const between = /(<!-- packages -->\n)[\s\S]*?(<!-- \/packages -->)/;

/**
 * The README with the list of packages as the manifests have it now, between its two markers.
 * @param {string} readme
 * @param {readonly PackageManifest[]} packages
 * @throws Error without the markers
 */
export function withPackageTable(readme, packages) {
  if (!between.test(readme)) throw new Error('README.md: the markers <!-- packages --> and <!-- /packages --> are missing');
  const rows = packages.map(({ folder, name, description }) => `| [\`${name}\`](packages/${folder}) | ${description} |`);
  const table = ['| package | what it does |', '| --- | --- |', ...rows].join('\n');
  return readme.replace(between, (_, start, end) => `${start}${table}\n${end}`);
}
