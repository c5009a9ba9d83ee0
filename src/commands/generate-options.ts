/** The options of `failoverctl generate`, and its help. */
import { renderedManagers } from '../managers/all.ts';
import { addressingOptions, type AddressingOptions } from './addressing-options.ts';
import { defineCommand, rootOption, snapshotOption } from './arguments.ts';
import type { StackOptions } from './stack-options.ts';
import { carriedFormats } from './carried-output.ts';

export interface GenerateOptions extends AddressingOptions, StackOptions {
  readonly configVersion?: string;
  readonly for?: string;
  readonly generic?: true;
  readonly manager?: string;
  readonly master?: readonly string[];
  readonly name?: readonly string[];
  readonly out?: string;
  readonly renderer?: string;
  readonly root?: string;
  readonly snapshot?: string;
}

export function defineGenerate() {
  const command = defineCommand(
    'generate',
    'Prints the configuration with which a network manager asks for an address on failover masters alone.',
  )
    .argument('<manager>', oneOf([...renderedManagers.map(({ name }) => name), ...carriedFormats, 'guard']))
    .allowExcessArguments(false)
    .usage('<manager> [options]')
    .option('--generic', 'for any guest: no MAC, no slot, no name of a link in the files')
    .option('--master <link>', 'only this master of the guest; repeatable (default: all)', collect)
    .option('--bridge <name>', 'the master is the port of this bridge, which has the addresses')
    .option(
      '--vlan <id>',
      'a VLAN on the master, vlanID, has the addresses; with --bridge it is the port of the bridge',
    )
    .option('--renderer <name>', 'netplan: networkd or NetworkManager (default: networkd)')
    .option('--name <link>', "cloud-init: the master's name in a guest that is not here; repeatable", collect)
    .option('--config-version <number>', 'cloud-init: version 1 or 2 (default: 2)')
    .option(
      '--for <place>',
      "cloud-init: 'seed', a datasource's network-config, or 'system', for /etc/cloud/cloud.cfg.d",
    )
    .option('--manager <name>', 'butane, ignition, kickstart: for this manager alone')
    .option('--out <dir>', 'write the files below DIR, at the paths that they have in the guest')
    .option(...rootOption)
    .option(...snapshotOption);
  for (const { flags, description, collects } of addressingOptions) {
    if (collects) command.option(flags, description, collect);
    else command.option(flags, description);
  }
  return command.addHelpText('after', helpAfter);
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

const helpAfter = `
With none of --dhcp4, --dhcp6, --ra and --address it is --dhcp4. What is not asked for is off: without --ra the master
takes no address from router advertisements. DHCPv6 tells no route: --dhcp6 is mostly given with --ra.

This guest or any guest:
  Without --generic the failover groups are read from /sys/class/net. The files then name each master by its MAC (by its
  name, where the manager knows nothing better), and keep the manager off every other link with that MAC.
  With --generic the files fit any guest, for an image. They rely on the udev rules, which are part of the output.

Files by manager (each with the udev rules):
  networkd        a guard that sorts before all other files, and the master's .network
  netplan         the same guard, or NetworkManager's with --renderer NetworkManager; 95-failover.yaml and drop-ins. A
                  shipped catch-all such as 90-default.yaml can stay. With --generic and NetworkManager a profile of
                  NetworkManager's own takes the place of the YAML, since netplan cannot name the master there.
  ifupdown        interfaces.d/failover, the if-pre-up.d hook and drop-ins. With --generic a unit brings each master up.
  networkmanager  a guard in conf.d and a profile for each master. With --generic the profile can take an ordinary
                  virtio-net NIC that has none of its own.
  udev            the rules alone, the same for every guest
  cloud-init      network-config that every renderer of cloud-init takes for the master alone, by its name: for a seed, or
                  with --for system for an image. --name says the name if the guest is not here. No udev rules.

  connman         a drop-in by which it takes the masters alone, and their service. For a guest that is there.
  dhcpcd          blocks for the masters, and what gives each slave a block of its own
  butane, ignition, kickstart
                  the files of networkd and NetworkManager (kickstart: of NetworkManager), for any guest, inside of what a
                  machine is made from. Scripts lie in /etc/failoverctl, since /usr may be read-only.
  guard           the guards of every manager and initramfs, for any guest, where a package puts files: what the package
                  failoverctl-guard holds, and its list, by which 'failoverctl install' knows it

What stands on the master (networkd, netplan, ifupdown, networkmanager; in the guest, or with its snapshot):
  --bridge br0    the master is br0's port and has no address; br0 has the master's MAC, so that DHCP servers know the
                  guest as before, and no spanning tree. A service beside the udev rules sets the VF and the standby
                  promiscuous as long as the master is, and again after each re-plug: the kernel does not, and they
                  would drop frames for containers and guests behind the bridge. The host has to let the VF:
                  'ip link set PF vf N trust on spoofchk off'.
  --vlan 10       vlan10 stands on the master and has the addresses. The kernel gives it to a VF that comes back.
  Both            br0 stands on vlan10: what is behind the bridge is in the VLAN.
  A first boot with it, or a reboot, is safer than a change on a running guest: the address moves to another link.

Output: each file after a line "# PATH (MODE)". With --out nothing is overwritten: if a file is there already, nothing at
all is written. The files written are named on standard output. To set a guest up, with a preview and a way back, use
'failoverctl install'.

Exit status: 0; 2 wrong usage; 3 no failover group, no readable sysfs, or the files cannot be written.

Examples:
  failoverctl generate networkd
  failoverctl generate netplan --generic --dhcp4 --dhcp6 --ra --out /mnt/image
  failoverctl generate cloud-init --name enp1s0 >network-config
  failoverctl generate networkd --bridge br0 --vlan 10
  failoverctl generate ifupdown --address 192.0.2.5/24 --gateway 192.0.2.1 --dns 192.0.2.53
`;

export function oneOf(words: readonly string[]): string {
  return words.length === 1 ? `${words[0]}` : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
