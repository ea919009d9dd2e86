/** Whether `version` is `wanted` or one of it: `2.1` has 2.1 and 2.1.3, not 2.10. */
export function isVersionOf(version: string, wanted: string): boolean {
  return version === wanted || version.startsWith(`${wanted}.`);
}

/** The most exact of `wanted` that a version is of: for 2.1.3 rather `2.1` than `2`. */
export function versionAmong(version: string, wanted: Iterable<string>): string | undefined {
  let found: string | undefined;
  for (const one of wanted) if (isVersionOf(version, one) && one.length > (found?.length ?? -1)) found = one;
  return found;
}
