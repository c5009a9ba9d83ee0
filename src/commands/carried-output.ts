/** Generated files inside of what a machine is made from: Ignition's JSON, Butane's YAML, kickstart's %post. */
import type { GeneratedFile } from '../managers/generated-file.ts';
import { placeFile } from '../managers/placement.ts';

export const carriedFormats = ['butane', 'ignition', 'kickstart'] as const;

export type CarriedFormat = (typeof carriedFormats)[number];

export interface CarriedOutput {
  /** Where it is written below --out. */
  readonly name: string;
  readonly text: string;
}

export function carryFiles(format: CarriedFormat, files: readonly GeneratedFile[], command: string): CarriedOutput {
  switch (format) {
    case 'butane':
      return {
        name: 'failover.bu',
        text: printButane(
          files.map((file) => placeFile(file, 'etc')),
          command,
        ),
      };
    case 'ignition':
      return { name: 'failover.ign', text: printIgnition(files.map((file) => placeFile(file, 'etc'))) };
    case 'kickstart':
      return { name: 'failover.ks', text: printKickstart(files, command) };
  }
}

/** Config spec 3.3.0, which Fedora CoreOS, RHEL CoreOS and Flatcar read. Modes are decimal there. */
function printIgnition(files: readonly GeneratedFile[]): string {
  const list = files.map(({ path, mode, text }) => ({
    path,
    mode,
    overwrite: true,
    contents: { source: `data:,${encodeURIComponent(text)}` },
  }));
  return `${JSON.stringify({ ignition: { version: '3.3.0' }, storage: { files: list } }, null, 2)}\n`;
}

function printButane(files: readonly GeneratedFile[], command: string): string {
  const entries = files.map(
    ({ path, mode, text }) =>
      `    - path: ${path}\n      mode: 0${mode.toString(8)}\n      overwrite: true\n      contents:\n        inline: |\n${text.replace(/^(?=.)/gm, '          ')}`,
  );
  return `# From: ${command}\nvariant: fcos\nversion: 1.4.0\nstorage:\n  files:\n${entries.join('')}`;
}

/** In the installed system (chroot). A delimiter that no file of ours has a line of. */
function printKickstart(files: readonly GeneratedFile[], command: string): string {
  const parts = files.map(({ path, mode, text }) => {
    const directory = path.slice(0, path.lastIndexOf('/'));
    return `mkdir -p '${directory}'\ncat >'${path}' <<'FAILOVERCTL_END'\n${text.endsWith('\n') ? text : `${text}\n`}FAILOVERCTL_END\nchmod 0${mode.toString(8)} '${path}'\n`;
  });
  const paths = files.map(({ path }) => `'${path}'`).join(' ');
  const label = `[ ! -x /usr/sbin/restorecon ] || /usr/sbin/restorecon -F ${paths}\n`;
  return `# From: ${command}\n%post --erroronfail --interpreter=/bin/sh\nset -eu\n${parts.join('')}${label}%end\n`;
}
