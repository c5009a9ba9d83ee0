/** A guest with a triple for the memory System, and what ip(8) and the daemons say of it. */
import { type Status } from '../../src/status/model.ts';
import { memorySystem, type MemoryOptions, type MemorySystem } from '../../src/system/memory.ts';
import { isFailure, type ProcessResult } from '../../src/system/system.ts';
import { readStatus } from '../../src/status/status.ts';
import { loopback, triple, type Tree } from '../topology/sysfs.ts';

export const said = (stdout: string, status = 0): ProcessResult => ({ status, signal: null, stdout, stderr: '' });

export const virtio = '/sys/devices/pci0000:00/0000:01:00.0/virtio1/net';
export const pci = '/sys/devices/pci0000:00/0000:05:00.0/net';

/** Links up, with their indices, and the guard in place: a guest that is well if it has an address. */
export function healthyTree(primary: string | null = 'ens11'): Tree {
  const paths = [`${virtio}/ens10`, `${virtio}/ens10nsby`, ...(primary === null ? [] : [`${pci}/${primary}`])];
  const attributes = paths.flatMap((path, index): [string, string][] => [
    [`${path}/flags`, '0x1003\n'],
    [`${path}/ifindex`, `${index + 2}\n`],
    [`${path}/carrier_changes`, `${index + 1}\n`],
  ]);
  return {
    ...loopback,
    ...triple('ens10', 'ens10nsby', primary),
    ...Object.fromEntries(attributes),
    '/etc/udev/rules.d/92-net-failover.rules': '# ours\n',
  };
}

export interface Said {
  readonly addresses?: string;
  readonly routes4?: string;
  readonly routes6?: string;
  readonly nmcli?: string;
  readonly running?: readonly string[];
  readonly monitor?: string;
}

/** One lease on the master, as iproute2 6.1 printed it in a Debian 12 guest after `install --now`. */
export const oneLease =
  '[{"ifindex":2,"ifname":"ens10","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"operstate":"UP","addr_info":[{"family":"inet","local":"10.66.0.50","prefixlen":24,"metric":1024,"broadcast":"10.66.0.255","scope":"global","dynamic":true,"label":"ens10","valid_life_time":595,"preferred_life_time":595},{"family":"inet6","local":"fe80::5054:ff:fe00:1253","prefixlen":64,"scope":"link","valid_life_time":4294967295,"preferred_life_time":4294967295}]},{"ifindex":3,"ifname":"ens10nsby","addr_info":[]},{"ifindex":4,"ifname":"ens11","addr_info":[]}]\n';
export const oneRoute =
  '[{"dst":"default","gateway":"10.66.0.1","dev":"ens10","protocol":"dhcp","prefsrc":"10.66.0.50","metric":1024,"flags":[]},{"dst":"10.66.0.0/24","dev":"ens10","protocol":"kernel","scope":"link","prefsrc":"10.66.0.50","metric":1024,"flags":[]},{"type":"local","dst":"10.66.0.50","dev":"ens10","table":"local","protocol":"kernel","scope":"host","prefsrc":"10.66.0.50","flags":[]}]\n';

export function guest(tree: Tree, answers: Said = {}, options: MemoryOptions = {}): MemorySystem {
  const asked: Tree = answers.nmcli === undefined ? {} : { '/run/NetworkManager': { directory: true } };
  return memorySystem(
    { ...tree, ...asked },
    {
      ...options,
      run: ([program = '', ...args]) => {
        if (program === 'ip' && args.includes('address')) return said(answers.addresses ?? oneLease);
        if (program === 'ip' && args.includes('-6')) return said(answers.routes6 ?? '[]\n');
        if (program === 'ip' && args.includes('route')) return said(answers.routes4 ?? oneRoute);
        if (program === 'env') return said(answers.monitor ?? '');
        if (program === 'nmcli' && answers.nmcli !== undefined) return said(answers.nmcli);
        if (program === 'systemctl') return said('', answers.running?.includes(args.at(-1) ?? '') === true ? 0 : 3);
        return { errno: 'ENOENT', path: program };
      },
    },
  );
}

export function statusOf(system: MemorySystem): Status {
  const status = readStatus(system);
  if (isFailure(status)) throw new Error(`${status.path}: ${status.errno}`);
  return status;
}
