/** The host's and the guest's view of each failover NIC side by side: is the guest set up, before a migration starts? */
import { isPersistent, normalMac, teamedPairs, type Domain, type NetDevice } from './domain.ts';
import { answersUnplug, readGuestLinks, type GuestLink, type GuestStatus } from './guest-agent.ts';
import type { Libvirt } from './libvirt.ts';
import { shellCommand } from './shell.ts';

export interface GuestCheck {
  readonly domain: string;
  /** Null: not known; `problems` is then empty. */
  readonly ready: boolean | null;
  readonly nics: readonly NicCheck[];
  readonly problems: readonly string[];
  /** What could not be asked, and other facts that are no problems. */
  readonly notes: readonly string[];
}

export interface NicCheck {
  readonly mac: string;
  readonly host: HostSide;
  /** The guest's links with this MAC; null where no agent answers. */
  readonly guest: readonly GuestLink[] | null;
}

export interface HostSide {
  readonly alias: string | null;
  readonly tap: string | null;
  readonly link: 'up' | 'down' | null;
  /** The VF's address on the host, the pool that it is from, or null where none is attached. */
  readonly vf: string | null;
}

/** `status` asks the guest's own failoverctl. A string: there is nothing to check. */
export function checkGuest(
  name: string,
  domain: Domain,
  libvirt: Libvirt,
  status: () => GuestStatus | null,
): GuestCheck | string {
  const standbys = domain.devices.filter(isPersistent);
  if (standbys.length === 0) return `domain '${name}' has no NIC with <teaming type='persistent'/>`;
  const pairs = teamedPairs(domain);
  const nics = standbys.flatMap((device): readonly NicCheck[] => {
    const mac = normalMac(device.mac);
    if (mac === undefined) return [];
    const vf = pairs.find(({ persistent }) => persistent === device)?.transient;
    return [{ mac, host: readHostSide(name, device, vf, libvirt), guest: readGuestLinks(libvirt, name, mac) }];
  });
  const waiting = describeWaiting(name, libvirt);
  const hasVf = nics.some(({ host }) => host.vf !== null);
  const taken = waiting.length > 0 ? [] : describeTaken(name, nics, libvirt);
  if (nics.some(({ guest }) => guest === null)) {
    const notes = ['no guest agent answers', ...taken, ...(hasVf ? [describeSilence(domain)] : [])];
    return { domain: name, ready: waiting.length > 0 ? false : null, nics, problems: waiting, notes };
  }
  const own = status();
  const notes = [
    ...taken,
    ...(own === null
      ? ["the guest's own failoverctl was not asked: it is not there, or the agent starts no programs"]
      : []),
  ];
  const blind = nics.some(({ guest }) => guest?.some(({ role }) => role === null) === true);
  if (blind) notes.push('the agent reads no files: the roles of links are not known');
  const deaf = hasVf && answersUnplug(libvirt, name) === false;
  const problems = [
    ...waiting,
    ...nics.flatMap(judgeNic),
    ...(deaf
      ? ["the guest's kernel has no PCI hot-plug (neither pciehp nor acpiphp): it will not answer the unplug of its VF"]
      : []),
    ...(own?.problems ?? []).map((problem) => `failoverctl in the guest: ${problem}`),
  ];
  const cannotTell = blind && own?.healthy !== true;
  return { domain: name, ready: problems.length > 0 ? false : cannotTell ? null : true, nics, problems, notes };
}

function reattach(...words: readonly string[]): string {
  return shellCommand({ argv: ['failoverctl', 'host', 'reattach', ...words] });
}

/** VFs that are kept and not attached: what a cancelled migration, or an unplug that came late, leaves. */
function describeTaken(name: string, nics: readonly NicCheck[], libvirt: Libvirt): readonly string[] {
  const bare = nics.filter(({ host }) => host.vf === null);
  const kept = bare.length === 0 ? null : libvirt.domain(name, true);
  if (kept === null || typeof kept === 'string') return [];
  const taken = teamedPairs(kept).filter(({ persistent }) => bare.some(({ mac }) => mac === normalMac(persistent.mac)));
  return taken.map(
    ({ persistent }) =>
      `the kept configuration has a VF for ${persistent.mac ?? 'a NIC'} that is not attached: a migration that was cancelled, or an unplug that came late, may have taken it; '${reattach(name)}' attaches it`,
  );
}

/** A migration that does not get ahead: why, and what ends it. */
function describeWaiting(name: string, libvirt: Libvirt): readonly string[] {
  const job = libvirt.migrationJob(name);
  if (job === null || job.hasSent) return [];
  const abort = shellCommand(libvirt.command(['domjobabort', '--domain', name]));
  return [
    `a migration is under way and has sent nothing: QEMU waits until the guest has unplugged its VF; '${abort}' ends it, '${reattach('--abort', name)}' also restores what it left`,
  ];
}

/** What a silent guest may mean for a migration. */
function describeSilence({ agentChannel }: Domain): string {
  const what =
    agentChannel === 'disconnected'
      ? "the guest has not opened its agent's channel: it is in its firmware or boot loader, or runs no agent"
      : 'it is not known whether the guest has booted';
  return `${what}; a guest that is not running its kernel does not answer the unplug of its VF`;
}

function readHostSide(name: string, device: NetDevice, vf: NetDevice | undefined, libvirt: Libvirt): HostSide {
  return {
    alias: device.alias ?? null,
    tap: device.tap ?? null,
    link: device.tap === undefined ? null : libvirt.linkState(name, device.tap),
    vf: vf === undefined ? null : (vf.hostAddress ?? vf.network ?? 'attached'),
  };
}

function judgeNic({ mac, host, guest }: NicCheck): readonly string[] {
  const links = guest ?? [];
  if (links.length === 0) return [`the guest has no link with MAC ${mac}`];
  const withRole = (role: GuestLink['role']) => links.filter((link) => link.role === role);
  const names = (list: readonly GuestLink[]) => list.map(({ name }) => `'${name}'`).join(', ');
  const addressed = (list: readonly GuestLink[]) =>
    list.flatMap(({ name, addresses }) =>
      addresses.filter(isRoutable).map((address) => `'${name}' has the address ${address}: only the master should`),
    );
  if (links.some(({ role }) => role === null)) {
    const busy = links.filter(({ addresses }) => addresses.some(isRoutable));
    return busy.length > 1 ? [`${names(busy)} all have addresses: only the master should`] : [];
  }
  const [standby] = withRole('standby');
  const slaves = [...withRole('standby'), ...withRole('primary')];
  const strays = withRole('none');
  const missing =
    withRole('master').length === 0
      ? [`no link with MAC ${mac} is a failover master: ${names(links)} are separate NICs`]
      : standby === undefined
        ? [`the master has no standby: without the VF the guest has no link`]
        : [];
  const lost = host.link === 'up' && standby?.carrier === false;
  return [
    ...missing,
    ...(host.vf !== null && withRole('primary').length === 0 && missing.length === 0
      ? [`the VF ${host.vf} is attached, and no primary is enslaved in the guest`]
      : []),
    ...(withRole('master').length === 0
      ? []
      : strays.map(({ name }) => `'${name}' has MAC ${mac} and is not enslaved`)),
    ...(lost ? [`'${standby.name}' has no carrier, and its link is up on the host`] : []),
    ...addressed(slaves),
  ];
}

/** Not what a link gives itself: kernels before 6.2 put fe80:: addresses on slaves. */
function isRoutable(address: string): boolean {
  return !/^fe[89ab]/i.test(address) && !address.startsWith('169.254.');
}
