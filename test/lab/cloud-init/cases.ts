/** What is booted with cloud-init: stack × what the seed says of the network × how the user data of `cloud-config` comes. */
import type { NetworkConfigName } from './network-configs.ts';
import type { StackName } from './stacks.ts';

export interface CloudCase {
  readonly name: string;
  readonly stack: StackName;
  /** null: cloud-init's network part is off. */
  readonly network: NetworkConfigName | null;
  readonly userData: UserDataName | null;
  /** The same seed without us: `any` where a race decides. null: another row shows it. */
  readonly untouched: 'right' | 'broken' | 'any' | null;
  readonly shortRun?: true;
  /** The table of stacks has it, in the column of the first boot with cloud-config. */
  readonly inTable?: true;
  /** 1: not looked at after a reboot. */
  readonly boots?: 1;
  /** Not in all: a second release would only repeat it. */
  readonly releases?: readonly string[];
}

interface UserData {
  readonly title: string;
  /** Arguments of `failoverctl cloud-config`; %PROGRAM% is the static executable. */
  readonly args: readonly string[];
  readonly vendorData?: true;
  /** Before the network is configured; `late`: it heals. */
  readonly comes: 'early' | 'late';
  readonly dsmode: 'local' | 'net';
}

const program = ['--carry', 'program', '--program', '%PROGRAM%'];

const forms = {
  bootcmd: { title: 'bootcmd', args: [], comes: 'early', dsmode: 'local' },
  mime: { title: 'MIME part', args: ['--as', 'mime'], comes: 'early', dsmode: 'local' },
  'vendor-data': {
    title: 'vendor data',
    args: ['--as', 'vendor-data'],
    vendorData: true,
    comes: 'early',
    dsmode: 'local',
  },
  'vendor-data-program': {
    title: 'vendor data with the program',
    args: ['--as', 'vendor-data', ...program],
    vendorData: true,
    comes: 'early',
    dsmode: 'local',
  },
  program: { title: 'bootcmd with the program', args: program, comes: 'early', dsmode: 'local' },
  'late-bootcmd': { title: 'bootcmd, after the network', args: [], comes: 'late', dsmode: 'net' },
  'late-program': { title: 'bootcmd with the program, after the network', args: program, comes: 'late', dsmode: 'net' },
  runcmd: {
    title: 'runcmd with the program (install --now)',
    args: ['--as', 'runcmd', ...program],
    comes: 'late',
    dsmode: 'local',
  },
  'runcmd-hooks': { title: 'runcmd with the hooks', args: ['--as', 'runcmd'], comes: 'late', dsmode: 'local' },
} as const satisfies Readonly<Record<string, UserData>>;

export type UserDataName = keyof typeof forms;
export const userDataForms: Readonly<Record<UserDataName, UserData>> = forms;

function cloudCase(
  stack: StackName,
  network: NetworkConfigName | null,
  userData: UserDataName | null,
  untouched: CloudCase['untouched'],
): CloudCase {
  const name = ['cloud', stack, ...(network === null ? [] : [network]), userData ?? 'alone'].join('-');
  return { name, stack, network, userData, untouched };
}

const inOne = (release: string, one: CloudCase): CloudCase => ({ ...one, releases: [release] });
const inTable = (one: CloudCase): CloudCase => ({ ...one, inTable: true });
/** The image's own files configure the network; the scenarios show it untouched. */
const ofImage = (stack: StackName, userData: UserDataName): CloudCase =>
  inTable({ ...cloudCase(stack, null, userData, null), boots: 1 });

export const cloudCases: readonly CloudCase[] = [
  // cloud-init writes the network's configuration, from the MAC that it is given.
  inTable({ ...cloudCase('netplan', 'v2-mac', 'bootcmd', 'broken'), shortRun: true }),
  inTable(cloudCase('eni', 'v1-mac', 'bootcmd', 'any')),
  inTable(cloudCase('network-manager', 'v2-mac', 'bootcmd', 'broken')),
  inTable(cloudCase('netplan-nm', 'v1-mac', 'bootcmd', null)),
  inTable(cloudCase('networkd-renderer', 'v1-mac', 'vendor-data', null)),
  inOne('bookworm', cloudCase('netplan', 'v2-set-name', 'vendor-data-program', 'any')),
  ofImage('networkd', 'bootcmd'),
  ofImage('netplan-networkd', 'mime'),
  ofImage('netplan-networkmanager', 'bootcmd'),
  ofImage('ifupdown', 'vendor-data'),
  ofImage('networkmanager', 'bootcmd'),
  // User data that comes after the network: it heals.
  inOne('bookworm', cloudCase('netplan', 'v2-mac', 'late-bootcmd', null)),
  inOne('bookworm', cloudCase('netplan', 'v2-mac', 'late-program', null)),
  inOne('trixie', cloudCase('netplan', 'v2-mac', 'runcmd', null)),
  inOne('bookworm', cloudCase('eni', 'v1-mac', 'runcmd', null)),
  inOne('trixie', cloudCase('networkmanager', null, 'late-bootcmd', null)),
  inOne('bookworm', cloudCase('network-manager', 'v1-mac', 'late-program', null)),
  // What selects the master by itself: cloud-init's fallback, and what `generate cloud-init` prints.
  cloudCase('netplan', 'fallback', null, null),
  // Debian 13's fallback asks for DHCPv6 too. Where nobody answers, as here, ifup waits for its dhclient until systemd ends it.
  inOne('bookworm', cloudCase('eni', 'fallback', 'mime', null)),
  inOne('bookworm', cloudCase('network-manager', 'fallback', 'bootcmd', 'broken')),
  inOne('trixie', cloudCase('netplan', 'generated-v2', null, null)),
  inOne('bookworm', cloudCase('eni', 'generated-v1', null, null)),
  inOne('trixie', cloudCase('network-manager', 'generated-v2', 'program', null)),
];
