/** Which version of a package is installed, by the databases of package managers that are plain text. */
import type { Answer } from '../managers/probe.ts';

const dpkgStatus = '/var/lib/dpkg/status';

/** The upstream version of the first of these packages that is installed: without epoch and distribution's revision. */
export function readPackageVersion(read: (path: string) => string | null, names: readonly string[]): Answer<string> {
  const status = read(dpkgStatus);
  for (const name of status === null ? [] : names) {
    const version = findInDpkg(status ?? '', name);
    if (version !== null) return { value: version, evidence: `${dpkgStatus} has ${name} ${version}` };
  }
  return { value: undefined, evidence: `no package database has ${names.join(' or ')}` };
}

/** deb-control(5), deb-version(7). */
function findInDpkg(status: string, name: string): string | null {
  const start = status.startsWith(`Package: ${name}\n`) ? 0 : status.indexOf(`\nPackage: ${name}\n`);
  if (start < 0) return null;
  const end = status.indexOf('\n\n', start + 1);
  const stanza = status.slice(start, end < 0 ? undefined : end);
  const version = /^Version: (?:\d+:)?(.*?)(?:-[^-\n]*)?$/m.exec(stanza)?.[1];
  return version !== undefined && /^Status: .* installed$/m.test(stanza) ? version : null;
}
