/** os-release(5): shell assignments without expansion. */

/** The first that is there counts. */
export const osReleasePaths = ['/etc/os-release', '/usr/lib/os-release'] as const;

/** The text of the file that counts, or nothing. `read` gives null where there is none. */
export function readOsRelease(read: (path: string) => string | null): string {
  for (const path of osReleasePaths) {
    const text = read(path);
    if (text !== null) return text;
  }
  return '';
}

/** Without quotes; undefined: it is not set. */
export function osReleaseField(text: string, key: string): string | undefined {
  return new RegExp(`^${key}=(["']?)(.*?)\\1[ \\t]*$`, 'm').exec(text)?.[2];
}

/** ID, then those of ID_LIKE, the nearest first. */
export function osReleaseNames(text: string): readonly string[] {
  const words = `${osReleaseField(text, 'ID') ?? ''} ${osReleaseField(text, 'ID_LIKE') ?? ''}`.split(/\s+/);
  return words.filter((word) => word !== '');
}
