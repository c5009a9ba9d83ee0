/** What netplan writes for networkd and udev: .network, .netdev, .link and rules, with the YAML's places (src/networkd.c). */
import { isHardwareFilter, type Definition } from './definition.ts';
import { physicalKinds } from './keys.ts';
import { compose, networkdPath, optionLine, said, saidNumber, section, type Line } from './lines.ts';
import { linkMacPolicies, lowerLink, lowerNameRule } from './lower-link.ts';
import { lowerNetwork } from './lower-network.ts';
import type { ConfigFile } from '../claim.ts';

export function lowerToNetworkd(
  definitions: readonly Definition[],
  version: string | undefined,
): readonly ConfigFile[] {
  // No NIC takes another definition as a port, or stands on one.
  const virtual = definitions.filter(({ kind }) => !physicalKinds.has(kind));
  return definitions.flatMap((definition) => {
    const isPhysical = physicalKinds.has(definition.kind);
    // Names and hardware are udev's, whoever configures the link.
    const hardware = isPhysical ? [...lowerLink(definition, version), ...lowerNameRule(definition, version)] : [];
    if (definition.renderer !== 'networkd' || isHardwareFilter(definition)) return hardware;
    const network = lowerNetwork(definition, virtual, version);
    return [...hardware, ...(isPhysical ? [] : lowerNetdev(definition, version)), network];
  });
}

const netdevKinds: Readonly<Partial<Record<Definition['kind'], string>>> = {
  bonds: 'bond',
  bridges: 'bridge',
  vlans: 'vlan',
  vrfs: 'vrf',
  'dummy-devices': 'dummy',
};

/** The netdev that is made; what it is like inside (a bond's mode, a tunnel's ends) decides nothing about other links. */
function lowerNetdev(definition: Definition, version: string | undefined): readonly ConfigFile[] {
  const { kind, id, place } = definition;
  const netdevKind = kind === 'tunnels' ? said(definition, 'mode')?.text : netdevKinds[kind];
  if (netdevKind === undefined) return [];
  const mac = said(definition, 'macaddress');
  const head: readonly Line[] = [
    ['[NetDev]', place],
    [`Name=${id}`, place],
    mac !== null && linkMacPolicies[mac.text] !== undefined ? null : optionLine('MACAddress', mac),
    optionLine('MTUBytes', saidNumber(definition, 'mtu')),
    [`Kind=${netdevKind}`, place],
  ];
  const own =
    kind === 'vlans'
      ? section('VLAN', [optionLine('Id', said(definition, 'id'))])
      : kind === 'vrfs'
        ? section('VRF', [optionLine('Table', said(definition, 'table'))])
        : [];
  const path = networkdPath(id, '.netdev', version);
  return [compose(path, own.length === 0 ? [head] : [head, own])];
}
