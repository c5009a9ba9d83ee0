/** A NoCloud seed as a hypervisor gives it: a read-only vfat disk with the label CIDATA, next to an image that has cloud-init on. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../command.ts';

/** The files of the disk. A datasource without network-config leaves cloud-init to its own. */
export interface Seed {
  readonly userData?: string;
  readonly vendorData?: string;
  readonly networkConfig?: string;
  /**
   * `local`: cloud-init takes user data before the network is up (meta-data's `dsmode: local`); `net`: after it, as with every
   * datasource that is asked over the network, and as NoCloud does if nobody says more.
   */
  readonly dsmode: 'local' | 'net';
}

/** QEMU's options for the disk. `folder` is made, and has to stay while the guest runs: QEMU reads the files from there. */
export function makeSeedDisk(folder: string, { userData, vendorData, networkConfig, dsmode }: Seed): readonly string[] {
  mkdirSync(folder);
  const files = {
    'meta-data': `instance-id: lab\n${dsmode === 'local' ? 'dsmode: local\n' : ''}`,
    'user-data': userData ?? '#cloud-config\n',
    'vendor-data': vendorData,
    'network-config': networkConfig,
  };
  for (const [name, text] of Object.entries(files)) if (text !== undefined) writeFileSync(join(folder, name), text);
  return [
    ['-drive', `if=none,id=seed,format=raw,readonly=on,file.driver=vvfat,file.dir=${folder},file.label=CIDATA`],
    ['-device', 'virtio-blk-pci,drive=seed,addr=0xc'],
  ].flat();
}

/** In an image cloud-init is on; in the lab's it is off, for the sake of those guests that are not about it. */
export const enableCloudInit = 'rm /newroot/etc/cloud/cloud-init.disabled';

/**
 * What Debian's minimal root lacks, or the lab's disks cannot do: these modules would fail, whatever the network. And no
 * search among twenty datasources, which takes emulated shell scripts seconds.
 */
export const quietCloudInit = {
  '/etc/cloud/cloud.cfg.d/90-lab.cfg': `datasource_list: [NoCloud]
ssh_genkeytypes: []
locale: false
resize_rootfs: false
growpart: {mode: "off"}
apt: {preserve_sources_list: true}
`,
};

/** Standard output of failoverctl on this machine: the program as src is now. */
export async function printByProgram(args: readonly string[]): Promise<string> {
  const { FAILOVERCTL_LAB_BUNDLE: bundle = 'dist/failoverctl.cjs' } = process.env;
  return await mustRun([process.execPath, bundle, ...args]);
}
