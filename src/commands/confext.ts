/** `install --confext DIR`: the files as a configuration extension of systemd (systemd-confext(8)), which is merged into /etc. */
import type { WantedFiles } from '../install/wanted.ts';
import type { GeneratedFile } from '../managers/generated-file.ts';
import { placeFile } from '../managers/placement.ts';
import { printable } from '../report/table.ts';
import type { System } from '../system/system.ts';
import { CommandError, exitStatus } from './command.ts';
import { writeFilesBelow } from './output-directory.ts';

/** The exit status. Nothing else is written: what was there is not known to an extension, and needs no way back. */
export function writeConfext(
  system: System,
  directory: string,
  { found, wanted }: { readonly found: string; readonly wanted: WantedFiles },
): number {
  const name = directory.replace(/\/+$/, '').split('/').at(-1) ?? '';
  // extension-release(5): the file's name ends in the extension's
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name))
    throw new CommandError(
      `--confext: '${printable(directory)}': expected a directory of a plain name`,
      exitStatus.usage,
    );
  const files = wanted.files.flatMap((file) => ('text' in file ? [placeFile(file, 'etc')] : []));
  const inside = files.filter(({ path }) => path.startsWith('/etc/'));
  const outside = wanted.files.filter(({ path }) => !inside.some((file) => file.path === path || isScript(path)));
  const release: GeneratedFile = {
    path: `/etc/extension-release.d/extension-release.${name}`,
    mode: 0o644,
    text: 'ID=_any\n',
  };
  const written = writeFilesBelow(system, directory, [...inside, release]);
  system.out(found);
  for (const { path } of outside)
    system.out(`note: ${printable(path)} is not in it: an extension has new files of /etc alone\n`);
  system.out(written.map((path) => `wrote ${printable(path)}\n`).join(''));
  return exitStatus.clean;
}

function isScript(path: string): boolean {
  return path.startsWith('/usr/local/lib/failoverctl/');
}
