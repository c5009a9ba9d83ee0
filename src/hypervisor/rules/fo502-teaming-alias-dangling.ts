/** FO502 teaming-alias-dangling: a transient that points at no persistent NIC. */
import { firstBy, isPersistent, isTransient, normalMac, type Domain, type NetDevice } from '../domain.ts';
import { setAttribute } from '../xml-edits.ts';
import { exampleDomain, goodPair, placeIn, type DomainFinding, type DomainRule } from './rule.ts';

export const teamingAliasDangling: DomainRule = {
  id: 'FO502',
  name: 'teaming-alias-dangling',
  severity: 'error',
  what: 'The persistent= of a transient <teaming> is the alias of no NIC with a persistent <teaming>: of none at all, of itself, of another transient, or of one that is not teamed.',
  why: 'libvirt accepts it. QEMU is given a failover_pair_id that no device has: the VF is never hidden, the guest has two NICs with one MAC and no master, and a migration is refused for the VF.',
  source: 'libvirt 9.0 and 11.3 accept it; QEMU: qdev_should_hide_device, virtio_net.c',
  bad: [
    exampleDomain(goodPair.replace("persistent='ua-failover0'", "persistent='ua-failover1'")),
    exampleDomain(
      goodPair
        .replace(
          "<teaming type='transient' persistent='ua-failover0'/>",
          "<teaming type='transient' persistent='ua-vf0'/>\n  <alias name='ua-vf0'/>",
        )
        .replace("  <teaming type='persistent'/>\n", ''),
    ),
  ],
  good: [exampleDomain(goodPair)],
  check: (domain) => {
    const byAlias = firstBy(domain.devices, ({ alias }) => alias);
    const byMac = new Map<string | undefined, NetDevice[]>();
    for (const device of domain.devices.filter(isPersistent)) {
      const mac = normalMac(device.mac);
      byMac.set(mac, [...(byMac.get(mac)?.slice(0, 1) ?? []), device]);
    }
    return domain.devices.flatMap((device) => {
      const [teaming] = device.teaming;
      if (teaming?.type !== 'transient' || (teaming.persistent ?? '') === '') return [];
      const target = byAlias.get(teaming.persistent ?? '');
      // A target with a faulty <teaming> is FO501's.
      if (target?.teaming.some(({ type }) => type !== 'transient') === true) return [];
      const place = placeIn(domain, teaming.element, 'persistent');
      const named = `persistent='${teaming.persistent ?? ''}'`;
      const fix = pointAtTwin(domain, device, byMac.get(normalMac(device.mac)) ?? []);
      if (target === undefined) {
        return { message: `${named} names no device of this domain: expected the alias of the virtio NIC`, place, fix };
      }
      const what =
        target === device
          ? 'this device itself'
          : isTransient(target)
            ? 'a transient device'
            : 'a NIC that is not teamed';
      const related = [{ place: placeIn(domain, target.element), label: 'this one' }];
      return {
        message: `${named} names ${what}: expected a NIC with <teaming type='persistent'/>`,
        place,
        related,
        fix,
      };
    });
  },
};

/** `twins`: the persistent NICs with the same MAC, two at most. A single one whose alias libvirt keeps is the one that is meant. */
function pointAtTwin(
  domain: Domain,
  transient: NetDevice,
  [twin, ...others]: readonly NetDevice[],
): NonNullable<DomainFinding['fix']> | null {
  const element = transient.teaming[0]?.element;
  if (twin?.mac === undefined || others.length > 0 || element === undefined) return null;
  if (twin.alias === undefined || !twin.alias.startsWith('ua-')) return null;
  return {
    description: `point at '${twin.alias}', the persistent NIC with the same MAC`,
    safe: true,
    edits: [setAttribute(domain.document, element, 'persistent', twin.alias)],
  };
}
