/** What netplan's renderers refuse once all files are read (src/networkd.c, src/nm.c). */
import { entryOf, scalarText, valueOf } from '../../text/yaml-tree.ts';
import { isTrue } from './check.ts';
import type { Refuse } from './check-grammar.ts';
import type { Definition } from './definition.ts';
import { physicalKinds } from './keys.ts';
import { isYes, said } from './lines.ts';
import { linkMacPolicies } from './lower-link.ts';
import { addressLines } from './profile-addresses.ts';
import { routesOf } from './routes.ts';
import { isAtLeast } from './version.ts';

export function checkRenderers(definitions: readonly Definition[], version: string | undefined, refuse: Refuse): void {
  const parents = new Set(
    definitions.flatMap((definition) =>
      definition.kind === 'ethernets' ? (said(definition, 'link')?.text ?? []) : [],
    ),
  );
  for (const definition of definitions) {
    const delay = said(definition, 'delay-virtual-functions-rebind');
    const isParent = ['virtual-function-count', 'embedded-switch-mode'].some((key) => said(definition, key) !== null);
    if (delay !== null && isYes(delay) && !isParent && !parents.has(definition.id))
      refuse(delay.place, 'delay-virtual-functions-rebind without virtual functions; expected virtual-function-count:');
    if (definition.renderer === 'NetworkManager') checkForNetworkManager(definition, version, refuse);
    else checkForNetworkd(definition, version, refuse);
  }
}

function checkForNetworkd(definition: Definition, version: string | undefined, refuse: Refuse): void {
  const generation = said(definition, 'ipv6-address-generation');
  if (generation?.text === 'stable-privacy' && !isAtLeast(version, '0.107'))
    refuse(generation.place, 'stable-privacy with networkd, before netplan 0.107; expected eui64');
  const mac = said(definition, 'macaddress');
  if (mac !== null && !mac.text.includes(':') && linkMacPolicies[mac.text] === undefined)
    refuse(mac.place, `"${mac.text}" with networkd; expected a MAC, permanent or random`);
  const passed = entryOf(definition.settings, 'networkmanager');
  if (passed?.value.kind === 'map' && passed.value.entries.length > 0 && isAtLeast(version, '0.107'))
    refuse(passed.keyPlace, 'settings for NetworkManager with networkd; expected renderer: NetworkManager');
  if (definition.kind === 'modems')
    refuse(definition.place, 'a modem with networkd; expected renderer: NetworkManager');
  if (definition.kind === 'wifis' && valueOf(definition.settings, 'match') !== undefined)
    refuse(definition.place, 'a wifi with match: and networkd; expected its name as the ID');
  checkOverrides(definition, refuse);
}

function checkForNetworkManager(definition: Definition, version: string | undefined, refuse: Refuse): void {
  const { kind, place, settings } = definition;
  const driver = entryOf(valueOf(settings, 'match'), 'driver');
  if (physicalKinds.has(kind) && driver !== undefined && said(definition, 'set-name') === null)
    refuse(driver.keyPlace, 'match by driver with NetworkManager; expected name: or macaddress:');
  const mtu = said(definition, 'ipv6-mtu');
  if (mtu !== null && Number(mtu.text) !== 0)
    refuse(mtu.place, 'ipv6-mtu with NetworkManager; expected renderer: networkd');
  const off = said(definition, 'activation-mode');
  if (off?.text === 'off') refuse(off.place, 'activation-mode: off with NetworkManager; expected manual');
  const addresses = valueOf(settings, 'addresses');
  for (const address of addresses?.kind === 'sequence' ? addresses.items : [])
    if (address.kind === 'map')
      refuse(address.place, 'options of an address with NetworkManager; expected the address alone');
  // Only routes that are written are looked at: those of a family that has an address.
  for (const family of [4, 6] as const) {
    const isWritten = addressLines(definition, family, version).some(
      ([key, value]) => key === 'method' && (value === 'auto' || value === 'manual'),
    );
    const other = routesOf(definition).find((route) => route.family === family && !/^unicast$/i.test(route.type));
    if (other !== undefined && (isWritten || kind === 'vrfs'))
      refuse(other.place, `a route of type ${other.type} with NetworkManager; expected unicast`);
  }
  if (kind === 'nm-devices' && said(definition, 'networkmanager', 'passthrough', 'connection.type') === null)
    refuse(place, 'an nm-device without connection.type in passthrough:');
}

/** networkd has one set of settings for DHCPv4 and DHCPv6 (combine_dhcp_overrides() in src/networkd.c). */
function checkOverrides({ settings }: Definition, refuse: Refuse): void {
  if (!isTrue(valueOf(settings, 'dhcp4')) || !isTrue(valueOf(settings, 'dhcp6'))) return;
  const [four, six] = ['dhcp4-overrides', 'dhcp6-overrides'].map((key) => entryOf(settings, key));
  const keys = [four, six].flatMap((entry) =>
    entry?.value.kind === 'map' ? entry.value.entries.map(({ key }) => key) : [],
  );
  for (const key of new Set(keys)) {
    const [a, b] = [four, six].map((entry) => meaning(key, scalarText(valueOf(entry?.value, key))));
    if (a !== b) {
      refuse(
        (four ?? six)?.keyPlace ?? settings.place,
        `${key} differs between dhcp4-overrides and dhcp6-overrides; networkd has one for both`,
      );
      return;
    }
  }
}

/** Unset booleans are true there. */
function meaning(key: string, text: string | null): string | null {
  if (!/^(?:use-(?:dns|ntp|hostname|mtu|routes)|send-hostname)$/.test(key)) return text;
  return text === null || /^(?:true|on|yes|y)$/i.test(text) ? 'true' : 'false';
}
