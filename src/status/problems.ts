/** What is wrong with a guest now: a table, one entry a problem. */
import { findManager } from '../managers/all.ts';
import type { GroupStatus, LinkStatus, Problem, ProblemId } from './model.ts';
import { checkInstallation } from '../doctor/installation.ts';
import { rulesPath } from '../managers/udev/render.ts';
import { isFailure, type System } from '../system/system.ts';
import { describeUnpaired, pairingAdvice, type UnpairedNics } from '../topology/failover-group.ts';

interface Seen {
  readonly groups: readonly GroupStatus[];
  readonly orphans: readonly LinkStatus[];
  readonly unpaired: readonly UnpairedNics[];
  /** Could addresses and routes be asked? */
  readonly networkKnown: boolean;
}

interface Hit {
  readonly link: string;
  readonly message: string;
}

/** Each looks at one group. */
const groupChecks = {
  'address-on-slave': ({ links }) =>
    slavesIn(links).flatMap((slave) =>
      slave.addresses.map(({ address }) =>
        hit(slave, `${slave.name} has ${address}; only its master may have addresses`),
      ),
    ),
  'duplicate-lease': ({ links }) => {
    const leased = links.filter(({ leases }) => leases.some(({ address }) => !address.includes(':')));
    if (leased.length < 2) return [];
    const each = leased.map(({ name, leases }) => `${name} ${leases.map(({ address }) => address).join(', ')}`);
    const [slave] = slavesIn(leased);
    return slave === undefined ? [] : [hit(slave, `${leased.length} links of one NIC hold leases: ${each.join('; ')}`)];
  },
  'route-on-slave': ({ links }) =>
    slavesIn(links).flatMap((slave) =>
      slave.routes
        // the kernel makes some for each address, which is the problem then
        .filter(({ protocol, to }) => protocol !== 'kernel' && to !== 'default')
        .map(({ to }) => hit(slave, `${slave.name} has a route to ${to}; answers do not come in there`)),
    ),
  'duplicate-default-route': ({ links }) =>
    slavesIn(links).flatMap((slave) =>
      slave.routes
        .filter(({ to }) => to === 'default')
        .map(({ family, metric, via }) => {
          const route = `an ${family === 'inet' ? 'IPv4' : 'IPv6'} default route through ${via ?? 'the link itself'}, metric ${metric}`;
          const also = links.filter(
            (other) =>
              other !== slave && other.routes.some((entry) => entry.to === 'default' && entry.family === family),
          );
          const beside = also.length === 0 ? '' : `, beside ${also.map(({ name }) => name).join(' and ')}`;
          return hit(slave, `${slave.name} has ${route}${beside}`);
        }),
    ),
  'slave-managed': ({ links }) =>
    slavesIn(links).flatMap((slave) =>
      slave.managers
        .filter(({ manager, state, active }) => active && state !== findManager(manager)?.settledState)
        .map(({ manager, state, by }) =>
          hit(slave, `${slave.name} is managed by ${manager} (${state}${by === null ? '' : `, ${by}`})`),
        ),
    ),
  'unpaired-twin': ({ master, links }) =>
    links
      .filter(({ role }) => role === 'pending')
      .map((link) =>
        hit(
          link,
          `${link.name} has the MAC of ${master}, but the kernel has not enslaved it${guessMtu(links, master)}`,
        ),
      ),
  'master-without-standby': ({ kind, master, standby }) =>
    kind === 'net_failover' && standby === null
      ? [{ link: master, message: `${master} has the STANDBY bit, but no standby: is there another NIC with its MAC?` }]
      : [],
  'receive-black-hole': ({ kind, master, standby, primary, links }) => {
    const link = links.find(({ name }) => name === primary);
    const up = links.find(({ name }) => name === master)?.up;
    if (kind !== 'net_failover' || link === undefined || up !== true || link.carrier === true) return [];
    const lost = `what arrives on ${standby ?? 'the standby'} is dropped as long as it is enslaved`;
    return [hit(link, `${link.name} is enslaved ${link.up ? 'and has no carrier' : 'and down'}: ${lost}`)];
  },
  'no-datapath': ({ master, datapath, why }) =>
    datapath === 'none' ? [{ link: master, message: `${master} carries nothing: ${why}` }] : [],
  'duplicate-address': ({ links }) =>
    links.flatMap((link) =>
      link.addresses
        .filter(({ duplicate }) => duplicate)
        .map(({ address }) => hit(link, `${address} of ${link.name} failed duplicate address detection`)),
    ),
  'rename-failed': ({ links }) =>
    links.flatMap((link) => (link.naming === null ? [] : hit(link, `${link.name} was not renamed: ${link.naming}`))),
  'bridge-behind-vf': ({ kind, mac, master, primary, standby, links }) => {
    // the standby shows it once the VF has gone
    const deaf = links.find(({ name, promiscuous }) => name === (primary ?? standby) && !promiscuous);
    if (kind !== 'net_failover' || deaf === undefined) return [];
    const bridges = links.find(({ name }) => name === master)?.bridgesAbove ?? [];
    return bridges.flatMap(({ name, mac: own, otherPorts }) => {
      const isOther = own !== null && own !== mac;
      const behind = otherPorts.length;
      if (!isOther && behind === 0) return [];
      const what = isOther
        ? `its MAC is ${own}; give it ${mac}`
        : `${behind} other ${behind === 1 ? 'port has' : 'ports have'} MACs behind ${behind === 1 ? 'it' : 'them'}`;
      const mend = `'failoverctl install --bridge' sets it promiscuous at each re-plug, 'ip link set ${deaf.name} promisc on' until the next`;
      return [
        hit(deaf, `${deaf.name} drops frames for what is behind the bridge ${name} of ${master}: ${what}; ${mend}`),
      ];
    });
  },
  'standby-down': ({ kind, standby, links }) => {
    const link = links.find(({ name }) => name === standby);
    if (kind !== 'net_failover' || link === undefined || link.up || links[0]?.up !== true) return [];
    return [
      hit(
        link,
        `${link.name} is down: when the VF is unplugged the guest has no network; 'ip link set ${link.name} up', and keep managers off it`,
      ),
    ];
  },
} satisfies Partial<Readonly<Record<ProblemId, (group: GroupStatus) => readonly Hit[]>>>;

export function findProblems(system: System, { groups, orphans, unpaired, networkKnown }: Seen): readonly Problem[] {
  const found = groups.flatMap((group) =>
    Object.entries(groupChecks).flatMap(([id, look]) =>
      look(group).map(({ link, message }): Problem => ({ id: id as ProblemId, link, message })),
    ),
  );
  const bare = networkKnown ? groups.flatMap(findBareMaster) : [];
  const lonely = orphans.map((orphan) => tellOrphan(orphan, groups));
  const apart = unpaired.map((pair): Problem => ({
    id: 'standby-not-offered',
    link: pair.virtio,
    message: `${describeUnpaired(pair)}; ${pairingAdvice}`,
  }));
  return [...found, ...bare, ...lonely, ...apart, ...findMissingHooks(system, groups.length > 0)];
}

/** net_failover_slave_register() gives a slave the master's MTU first, and refuses one that cannot take it. */
function guessMtu(links: readonly LinkStatus[], master: string): string {
  const mtu = links.find(({ name }) => name === master)?.mtu ?? null;
  return mtu === null || mtu <= 1500
    ? ''
    : `: if 'dmesg' says 'unable to change mtu to ${mtu}', lower that of ${master} and plug the VF again`;
}

/**
 * With `host_mtu` below 1500 the standby has that MTU and can have no more, and the master is made with 1500: it refuses the
 * standby. What mends it was measured on kernel 6.1 and 6.12.
 */
function tellOrphan({ name, mac, mtu }: LinkStatus, groups: readonly GroupStatus[]): Problem {
  const master = groups
    .find((group) => group.kind === 'net_failover' && group.standby === null && group.mac === mac)
    ?.links.at(0);
  if (master === undefined || mtu === null || master.mtu === null || mtu >= master.mtu) {
    const message = `${name} is a standby that no master has enslaved: is there another NIC with its MAC?`;
    return { id: 'standby-without-master', link: name, message };
  }
  const again = `'ip link set ${master.name} mtu ${mtu}', then move ${name} to another network namespace and back, and set it up`;
  return {
    id: 'standby-refused',
    link: name,
    message: `${master.name} refused its standby ${name}: the host's MTU ${mtu} is below the master's ${master.mtu}; when the VF is unplugged the guest has no network; ${again}`,
  };
}

/** One that is a port of a bridge, or carries VLANs, needs none. */
function findBareMaster({ master, links }: GroupStatus): readonly Problem[] {
  const link = links.find(({ name }) => name === master);
  if (link === undefined || link.master !== null || link.uppers.length > 0) return [];
  if (link.addresses.some(({ scope }) => scope === 'global')) return [];
  return [{ id: 'master-without-address', link: master, message: `${master} has no address` }];
}

/** Rules that were written without `install`, by `generate --out` or into the image, do as well. */
function findMissingHooks(system: System, wanted: boolean): readonly Problem[] {
  if (!wanted) return [];
  const hooks = checkInstallation(system, true, () => 'it is not asked').find(({ state }) => state === 'todo');
  if (hooks === undefined) return [];
  const rules = [rulesPath, rulesPath.replace('/etc/', '/usr/lib/')];
  if (hooks.found === 'nothing is installed' && rules.some((path) => !isFailure(system.stat(path)))) return [];
  return [{ id: 'hooks-missing', link: null, message: `our hooks: ${hooks.found}; ${hooks.advice ?? ''}` }];
}

function slavesIn(links: readonly LinkStatus[]): readonly LinkStatus[] {
  return links.filter(({ role }) => role !== 'master');
}

function hit({ name }: LinkStatus, message: string): Hit {
  return { link: name, message };
}
