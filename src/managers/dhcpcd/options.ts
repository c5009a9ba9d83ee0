/** The options of dhcpcd.conf(5), which are the long options of dhcpcd(8): cf_options and IF_OPTS in src/if-options, 9.4.1 to 10.3.2; `master` until 8. */

/** How many words follow it: a value, one that may be missing, or none. */
export type Takes = 'required' | 'optional' | 'no';

const words: Readonly<Record<Takes, string>> = {
  required: `script env config logfile leasetime metric option request_time reboot timeout userclass msuserclass vsio
    vsio6 vendor allowinterfaces nohook nooption require static whitelist blacklist denyinterfaces arping destination
    fallback iaid dev define definend define6 embed encap vendopt vendclass authprotocol authtoken controlgroup slaac
    reject mudurl link_rcvbuf fallback_time ipv4ll_time initial_interval backoff_cutoff backoff_jitter allow`,
  optional: 'hostname vendorclassid request inform inform6 waitip duid fqdn clientid ia_na ia_ta ia_pd',
  no: `background debug reconfigure release rebind persistent quiet renew exit noarp nobackground lastlease nogateway
    xidhwaddr broadcast nolink noipv4ll manager master printpidfile test dumplease variables oneshot ipv4only ipv6only
    anonymous randomise_hwaddr ipv6rs noipv6rs ipv6ra_autoconf ipv6ra_noautoconf ipv6ra_fork ipv4 noipv4 ipv6 noipv6
    noalias hostname_short nodev noauthrequired dhcp nodhcp dhcp6 nodhcp6 gateway bootp nodelay noup lastleaseextend
    inactive configure noconfigure arp_persistdefence nosyslog`,
};

const kinds = Object.entries(words) as readonly (readonly [Takes, string])[];

export const options: ReadonlyMap<string, Takes> = new Map(
  kinds.flatMap(([takes, names]) => names.split(/\s+/).map((name): [string, Takes] => [name, takes])),
);

/** Letters of the command line whose value is the next word, where it is not glued to them. */
export const valuedLetters = 'cefhijlmorstuvyzCFIOQSWXZ';

/** Letters that stand for an option which decides here. */
export const letters: Readonly<Record<string, string>> = {
  z: 'allowinterfaces',
  Z: 'denyinterfaces',
  S: 'static',
  s: 'inform',
  '4': 'ipv4only',
  '6': 'ipv6only',
  f: 'config',
  I: 'clientid',
};
