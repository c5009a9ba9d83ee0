/** systemd-networkd, as the rest of the program knows it. */
import type { Detection, ManagedState, ManagerDescription, Surroundings } from '../description.ts';
import type { Asker, Probe } from '../probe.ts';
import { readSystemdVersion } from '../systemd/version.ts';
import { isFailure, type System } from '../../system/system.ts';

export const description: ManagerDescription = {
  name: 'networkd',
  title: 'systemd-networkd',
  role: 'configures',
  order: { judging: 40, asking: 10 },
  matchesByDriver: true,
  reader: { user: 'systemd-network', below: '/etc/systemd/network' },
  overridesCatchAll: true,
  formats: {
    networkd: '/etc/systemd/network/stdin.network',
    network: '/etc/systemd/network/stdin.network',
    netdev: '/etc/systemd/network/stdin.netdev',
  },
  load: async () => (await import('./networkd.ts')).networkd,
  detection: {
    order: 20,
    find,
    firstFile: (probe, ours) =>
      probe
        .files([...fileDirectories, '/usr/lib/systemd/network'], /\.(?:network|netdev)$/)
        .find((path) => !ours.has(path)) ?? null,
    unit: 'systemd-networkd.service',
  },
  packages: ['systemd'],
  versionFact: 'systemdVersion',
  readVersion: readSystemdVersion,
  oldest: { version: '247', lacks: 'networkd before 247 is not tested; before 245 it knows no PermanentMACAddress=' },
  loadRendering: async () => (await import('./render.ts')).rendering,
  stacks: true,
  reload: ({ changed, rewritten, running }) =>
    (rewritten || changed(/^\/etc\/systemd\/network\/.*\.network(?:\.d\/.*)?$/)) && running('systemd-networkd.service')
      ? [{ why: 'let networkd read its files and match the links again', run: ['networkctl', 'reload'] }]
      : [],
  startMaster: (link) => ['networkctl', 'reconfigure', link],
  renewLease: (link) => ['networkctl', 'renew', link],
  settledState: 'configured',
  askLinks,
};

const fileDirectories = ['/etc', '/run', '/usr/local/lib'].map((root) => `${root}/systemd/network`);

function find(probe: Probe, { ours, writtenForBy }: Surroundings): Detection {
  const unit = probe.unit('systemd-networkd.service');
  const program = probe.first(['/usr/lib/systemd/systemd-networkd', '/lib/systemd/systemd-networkd']);
  const present = program !== null || unit.installed;
  if (!present) return { present, inUse: false, configured: false, evidence: 'not installed' };
  const files = probe
    .files(fileDirectories, /\.network$/)
    .filter((path) => !ours.has(path) && !path.includes('/10-netplan-'));
  const inUse = !unit.masked && (unit.enabled || writtenForBy !== null);
  const evidence =
    writtenForBy !== null && !unit.masked
      ? `it is ${writtenForBy}'s renderer`
      : [unit.evidence, ...files.slice(0, 1)].join(', ');
  const asleep = !inUse && unit.installed && !unit.masked;
  return { present, inUse, configured: inUse && files.length > 0, evidence, ...(asleep ? { asleep } : {}) };
}

function saysUnmanaged(system: System, file: string): boolean {
  const text = system.read(file);
  return !isFailure(text) && /^\s*Unmanaged\s*=\s*(?:1|yes|y|true|t|on)\s*$/im.test(text);
}

/**
 * The state that networkd keeps for others, /run/systemd/netif/links/IFINDEX: `networkctl list` prints the same
 * (sd_network_link_get_setup_state()), and it needs no D-Bus. What a stopped networkd left there does not count.
 */
function askLinks({ system, isRunning, hasProcess }: Asker): (link: string) => ManagedState | null {
  if (!isRunning('systemd-networkd.service') && !hasProcess('systemd-networkd')) return () => null;
  return (link) => {
    const index = system.read(`/sys/class/net/${link}/ifindex`);
    const text = isFailure(index) ? index : system.read(`/run/systemd/netif/links/${index.trim()}`);
    const state = isFailure(text) ? undefined : /^ADMIN_STATE=(.*)$/m.exec(text)?.[1];
    if (isFailure(text) || state === undefined) return null;
    const file = /^NETWORK_FILE=(.+)$/m.exec(text)?.[1] ?? null;
    // of a link that it has let go networkd keeps the file that it had: the reason is only one that says so
    const by = file !== null && state === 'unmanaged' && !saysUnmanaged(system, file) ? null : file;
    // pending: udev has not told it of the link yet
    return { state, by, active: !['unmanaged', 'pending', 'linger'].includes(state) };
  };
}
