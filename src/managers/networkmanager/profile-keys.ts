/**
 * The keys of a profile's commonest groups, as `nmcli` 1.42, 1.52 and 1.58 list them, with the minor version that brought
 * one (libnm's own "Since:"; none: 1.42 or before). NetworkManager reads over any other key without a word.
 */
import { ethernetGroups } from './profile-values.ts';
import { isAtLeast } from './compare-version.ts';
import type { KeyFile } from '../../text/key-file.ts';
import type { Problem } from '../claim.ts';

const ethernet =
  'accept-all-mac-addresses auto-negotiate cloned-mac-address assigned-mac-address duplex generate-mac-address-mask ' +
  'mac-address mac-address-blacklist mac-address-denylist@48 mtu port s390-nettype s390-options s390-subchannels speed ' +
  'wake-on-lan wake-on-lan-password';

const addressing =
  'addresses auto-route-ext-gw dhcp-hostname dhcp-hostname-flags dhcp-iaid dhcp-send-hostname dhcp-timeout dns dns-options ' +
  'dns-priority dns-search gateway ignore-auto-dns ignore-auto-routes may-fail method never-default replace-local-rule ' +
  'required-timeout route-metric route-table routes routing-rules dhcp-dscp@46 dhcp-send-hostname-v2@52 dhcp-send-hostname-deprecated@52 ' +
  'dhcp-send-release@48 routed-dns@52 forwarding@54 shared-dhcp-lease-time@52 shared-dhcp-range@52';

const words: Readonly<Record<string, string>> = {
  connection:
    'auth-retries autoconnect autoconnect-priority autoconnect-retries autoconnect-slaves dns-over-tls ' +
    'gateway-ping-timeout id interface-name lldp llmnr master mdns metered mptcp-flags mud-url multi-connect permissions ' +
    'read-only secondaries slave-type stable-id timestamp type uuid wait-activation-delay wait-device-timeout zone ' +
    'autoconnect-ports@46 controller@46 dnssec@56 down-on-poweroff@48 ip-ping-addresses@52 ' +
    'ip-ping-addresses-require-all@52 ip-ping-timeout@52 port-type@46',
  ethernet,
  ipv4: `${addressing} dad-timeout dhcp-client-id dhcp-fqdn dhcp-reject-servers dhcp-vendor-class-identifier link-local clat@58 dhcp-ipv6-only-preferred@52`,
  ipv6: `${addressing} addr-gen-mode dhcp-duid ip6-privacy mtu ra-timeout token dhcp-pd-hint@44 temp-preferred-lifetime@48 temp-valid-lifetime@48`,
  match: 'driver interface-name kernel-command-line path',
  // the link's name stood here before connection.interface-name
  vlan: 'egress-priority-map flags id ingress-priority-map interface-name parent protocol',
  link: 'gro-max-size@44 gso-max-segments@44 gso-max-size@44 tx-queue-length@44',
  hostname: 'from-dhcp from-dns-lookup only-from-default priority',
  proxy: 'browser-only method pac-script pac-url',
};

/** By group, then key: the minor version that brought it, 0 for those of 1.42. */
export const profileKeys: ReadonlyMap<string, ReadonlyMap<string, number>> = new Map(
  Object.entries(words).map(([group, list]) => [
    group,
    new Map(list.split(' ').map((word) => [word.split('@')[0] ?? '', Number(word.split('@')[1] ?? 0)] as const)),
  ]),
);

/** `address1`, `route2_options`: lists with one key an entry, nm_keyfile_read()'s. */
const numbered = /^(?:address(?:es)?\d*|routes?\d*(?:_options)?|routing-rule\d*)$/;

/** Keys that NetworkManager of this version does not know. */
export function* findUnknownKeys(file: KeyFile, version: string | undefined): Generator<Problem> {
  for (const { name, entries } of file.groups) {
    const known = profileKeys.get(ethernetGroups.includes(name) ? 'ethernet' : name);
    if (known === undefined) continue;
    for (const { key, keyPlace } of entries) {
      if ((name === 'ipv4' || name === 'ipv6') && numbered.test(key)) continue;
      const since = known.get(key);
      // Another group of the same key is how D-Bus has it, and is told apart by a dot: [user] and [.nmmeta] are their owners'.
      const problem = { kind: 'unknown-key' as const, place: keyPlace, consequence: 'NetworkManager ignores the line' };
      if (since === undefined)
        yield { ...problem, message: `'${key}' in [${name}]; expected a key of nm-settings-keyfile(5)` };
      else if (since > 0 && isAtLeast(version, since) === 'no')
        yield {
          ...problem,
          message: `'${key}' in [${name}] of NetworkManager ${version ?? ''}; expected 1.${since} or later`,
        };
    }
  }
}
