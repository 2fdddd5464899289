/** Orders versions by age, the oldest first; a part that is left out counts as 0. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [numbers(left), numbers(right)];
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch;
}

/** The major and the minor number of a version: `2.19` of `2.19.0`. */
export function minorOf(version: string): string {
  const { major, minor } = numbers(version);
  return `${major}.${minor}`;
}

/** The versions, the nearest to the wanted one first; of two that are as near, the newer one. */
export function nearestVersions(versions: readonly string[], wanted: string): string[] {
  return [...versions].sort((a, b) => minorsBetween(a, wanted) - minorsBetween(b, wanted) || compareVersions(b, a));
}

function minorsBetween(left: string, right: string): number {
  const [a, b] = [numbers(left), numbers(right)];
  return Math.abs((a.major - b.major) * 100 + a.minor - b.minor);
}

function numbers(version: string): { readonly major: number; readonly minor: number; readonly patch: number } {
  const [major, minor = 0, patch = 0] = version.split('.').map(Number);
  return { major, minor, patch };
}
