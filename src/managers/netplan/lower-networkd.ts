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

/** Of what it is like inside, only what decides about other links: a bond's mode and MAC policy. */
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
      : kind === 'bonds'
        ? section('Bond', [
            optionLine('Mode', said(definition, 'parameters', 'mode')),
            optionLine('FailOverMACPolicy', said(definition, 'parameters', 'fail-over-mac-policy')),
          ])
        : kind === 'vrfs'
          ? section('VRF', [optionLine('Table', said(definition, 'table'))])
          : [];
  const path = networkdPath(id, '.netdev', version);
  return [compose(path, own.length === 0 ? [head] : [head, own])];
}
