/** The netdev that netplan has networkd make (write_netdev_file() in src/networkd.c). */
import { compose, networkdPath, optionLine, said, saidNumber, section, type Line } from './lines.ts';
import { isMacPolicy } from './lower-link.ts';
import type { Definition } from './definition.ts';
import type { ConfigFile } from '../claim.ts';

const netdevKinds: Readonly<Partial<Record<Definition['kind'], string>>> = {
  bonds: 'bond',
  bridges: 'bridge',
  vlans: 'vlan',
  vrfs: 'vrf',
  'dummy-devices': 'dummy',
};

/** What it is like inside (a bond's mode, a tunnel's ends) decides nothing about other links. */
export function lowerNetdev(definition: Definition, version: string | undefined): readonly ConfigFile[] {
  const { kind, id, place } = definition;
  const netdevKind = kind === 'tunnels' ? said(definition, 'mode')?.text : netdevKinds[kind];
  if (netdevKind === undefined) return [];
  const mac = said(definition, 'macaddress');
  const head: readonly Line[] = [
    ['[NetDev]', place],
    [`Name=${id}`, place],
    mac !== null && isMacPolicy(mac.text) ? null : optionLine('MACAddress', mac),
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
