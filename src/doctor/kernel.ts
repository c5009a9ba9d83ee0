/** Can this kernel make a failover NIC? Its version, its modules, and whether there is one. */
import { isFailure, type System } from '../system/system.ts';
import { check, type Check } from './check.ts';
import { readAttribute } from '../topology/link.ts';
import { describeUnpaired, pairingAdvice, type FailoverGroup, type Topology } from '../topology/failover-group.ts';

/** `topology`: null where no sysfs is there, as in most images. */
export function checkKernel(system: System, live: boolean, topology: Topology | null): readonly Check[] {
  const releases = findReleases(system, live);
  const groups = topology?.groups ?? [];
  // what follows is about net_failover; a VF of netvsc is IFF_SLAVE, which gets no IPv6 address (addrconf_notify)
  if (groups.length > 0 && groups.every(({ kind }) => kind === 'netvsc')) {
    return [
      check('kernel', 'ok', `Linux ${releases[0] ?? 'of an unknown release'}, on Hyper-V`),
      checkGroups(system, topology),
    ];
  }
  const hasMaster = groups.some(({ kind }) => kind === 'net_failover');
  if (releases.length === 0) {
    const advice = 'net_failover needs Linux 4.18 or later';
    return [
      check('kernel', 'unknown', 'no release in /proc and none in /usr/lib/modules', advice),
      checkGroups(system, topology),
    ];
  }
  return [
    ...releases.map((release) => checkRelease(release)),
    ...releases.map((release) => checkModules(system, release, hasMaster)),
    checkGroups(system, topology),
  ];
}

/** The running kernel, or those that an image can boot. */
function findReleases(system: System, live: boolean): readonly string[] {
  const running = live ? system.read('/proc/sys/kernel/osrelease') : null;
  if (running !== null && !isFailure(running) && running.trim() !== '') return [running.trim()];
  const installed = system.list('/usr/lib/modules');
  return isFailure(installed) ? [] : [...installed].filter((name) => /^\d+\./.test(name)).sort();
}

/** Since when the kernel can do it, and what it cannot before. Newest first. */
const versions: readonly (readonly [
  since: readonly [number, number],
  state: Check['state'],
  found: string,
  advice: string | null,
])[] = [
  // IFF_NO_ADDRCONF for slaves, cb54d392279d
  [[6, 2], 'ok', 'slaves get no IPv6 addresses of the kernel', null],
  [
    [5, 1],
    'note',
    'slaves get IPv6 link-local addresses of the kernel (until 6.2)',
    "'install' switches IPv6 off on slaves; without it the master's own fails duplicate address detection, and packets can be lost after what the standby sends",
  ],
  // 8065a779f17e; the primary's name is changed by udev while it is up already
  [
    [4, 18],
    'note',
    'slaves that are up cannot be renamed (until 5.1)',
    'let nothing match the primary by the name that udev would give it; a newer kernel helps',
  ],
  [[0, 0], 'todo', 'it has no net_failover (since 4.18)', 'boot a newer kernel'],
];

function checkRelease(release: string): Check {
  const [, major = '0', minor = '0'] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  const at = Number(major) * 1000 + Number(minor);
  const row = versions.find(([[first, second]]) => at >= first * 1000 + second);
  const [, state, found, advice] = row ?? [[0, 0], 'unknown' as const, 'not a version', null];
  return check('kernel', state, `Linux ${release}: ${found}`, advice);
}

const modules = ['virtio_net', 'net_failover', 'failover'];

/** modules.dep and modules.builtin name every module there is (depmod(8), modules.builtin in the kernel's kbuild.rst). */
function checkModules(system: System, release: string, hasMaster: boolean): Check {
  if (hasMaster) return check('modules', 'ok', 'a master is here, so the kernel has what it needs');
  const directory = `/usr/lib/modules/${release}`;
  const lists = [`${directory}/modules.dep`, `${directory}/modules.builtin`].map((path) => system.read(path));
  const texts = lists.flatMap((list) => (isFailure(list) ? [] : list));
  const isLoaded = (name: string) => !isFailure(system.stat(`/sys/module/${name}`));
  const missing = modules.filter(
    (name) =>
      !isLoaded(name) && !texts.some((text) => new RegExp(`(?:^|/)${name.replace('_', '[-_]')}\\.ko`, 'm').test(text)),
  );
  if (missing.length === 0) return check('modules', 'ok', `${modules.join(', ')} are there for ${release}`);
  if (texts.length === 0) return check('modules', 'unknown', `${directory} has no list of modules`);
  const advice =
    "install the distribution's full kernel package, or build with CONFIG_VIRTIO_NET, which selects CONFIG_NET_FAILOVER";
  return check('modules', 'todo', `${missing.join(', ')} missing for ${release}`, advice);
}

function checkGroups(system: System, topology: Topology | null): Check {
  if (topology === null) return check('failover NIC', 'unknown', 'no sysfs here: an image has no links');
  const { groups, unpaired } = topology;
  if (unpaired.length > 0)
    return check('failover NIC', 'todo', unpaired.map(describeUnpaired).join('; '), pairingAdvice);
  if (groups.length === 0) {
    const advice = "the hypervisor gives one: see 'failoverctl host --help'; an image does not need it yet";
    return check('failover NIC', 'note', 'none in this guest', advice);
  }
  const words = groups.map(({ kind, master, standby, primary, datapath }) => {
    const parts =
      kind === 'netvsc'
        ? [`VF ${primary ?? 'away'}`]
        : [`standby ${standby ?? 'away'}`, `primary ${primary ?? 'away'}`];
    return `${kind} ${master} (${parts.join(', ')}; datapath ${datapath})`;
  });
  const faults = groups.flatMap((group) => findFaults(system, group));
  if (faults.length === 0) return check('failover NIC', 'ok', words.join('; '));
  return check(
    'failover NIC',
    'todo',
    `${words.join('; ')}: ${faults.join(', ')}`,
    "'failoverctl status' names the remedy",
  );
}

/** What keeps a pair from carrying traffic, or from taking over, while its master is up. */
function findFaults(system: System, { kind, master, standby, primary, datapath }: FailoverGroup): readonly string[] {
  if (kind !== 'net_failover' || !isUp(system, master)) return [];
  const down = [standby, primary].flatMap((name) => (name !== null && !isUp(system, name) ? [`${name} is down`] : []));
  return [
    ...(datapath === 'none' ? [`${master} carries nothing`] : []),
    ...(standby === null ? ['it has no standby'] : []),
    ...down,
  ];
}

/** IFF_UP of sysfs' `flags`; what cannot be read is not said to be down. */
function isUp(system: System, name: string): boolean {
  const flags = readAttribute(system, name, 'flags');
  return isFailure(flags) || (Number.parseInt(flags, 16) & 1) === 1;
}
