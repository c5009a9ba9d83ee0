/** Which version of a package is installed, by the databases that are plain text: dpkg's, also in pieces, and apk's. */
import type { Answer } from '../managers/probe.ts';

interface Files {
  readonly read: (path: string) => string | null;
  readonly list: (directory: string) => readonly string[];
}

const dpkgStatus = '/var/lib/dpkg/status';
/** One file a package, in images that are made without dpkg. */
const dpkgPieces = '/var/lib/dpkg/status.d';
const apkInstalled = ['/lib/apk/db/installed', '/usr/lib/apk/db/installed'];

/**
 * The upstream version of the first of these packages that is installed: without epoch and distribution's revision. Two
 * databases that disagree about it know nothing.
 */
export function readPackageVersion(files: Files, names: readonly string[]): Answer<string> {
  for (const name of names) {
    const found = [...findInDpkg(files, name), ...findInApk(files, name)];
    const [first, ...others] = found;
    if (first === undefined) continue;
    const evidence = found.map(({ path, version }) => `${path} has ${name} ${version}`).join(', ');
    const known = others.every(({ version }) => version === first.version);
    return { value: known ? first.version : undefined, evidence };
  }
  return { value: undefined, evidence: `no package database has ${names.join(' or ')}` };
}

interface Entry {
  readonly path: string;
  readonly version: string;
}

/** deb-control(5), deb-version(7). */
function findInDpkg({ read, list }: Files, name: string): readonly Entry[] {
  const pieces = list(dpkgPieces)
    .filter((piece) => piece === name)
    .map((piece) => `${dpkgPieces}/${piece}`);
  return [dpkgStatus, ...pieces].flatMap((path) => {
    const text = read(path);
    const stanza = text === null ? null : stanzaOf(text, `Package: ${name}`);
    const version = stanza === null ? undefined : /^Version: (?:\d+:)?(.*?)(?:-[^-\n]*)?$/m.exec(stanza)?.[1];
    // the pieces have no Status: what is there is installed
    const installed = path !== dpkgStatus || /^Status: .* installed$/m.test(stanza ?? '');
    return version !== undefined && installed ? [{ path, version }] : [];
  });
}

/** apk(5): `P:` the name, `V:` the version with its revision, `-r1`. */
function findInApk({ read }: Files, name: string): readonly Entry[] {
  return apkInstalled.flatMap((path) => {
    const text = read(path);
    const stanza = text === null ? null : stanzaOf(text, `P:${name}`);
    const version = stanza === null ? undefined : /^V:(.*?)(?:-r\d+)?$/m.exec(stanza)?.[1];
    return version === undefined ? [] : [{ path, version }];
  });
}

/** The paragraph in which this line stands. */
function stanzaOf(text: string, line: string): string | null {
  const at = text.startsWith(`${line}\n`) ? 0 : text.indexOf(`\n${line}\n`);
  if (at < 0) return null;
  const start = Math.max(0, text.lastIndexOf('\n\n', at));
  const end = text.indexOf('\n\n', at + 1);
  return text.slice(start, end < 0 ? undefined : end);
}
