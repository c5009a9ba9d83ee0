/** What nobody of us needs in files of lines and words: ifupdown's, DHCP clients', the kernel's command line, udev's rules. */
import { families } from '../managers/ifupdown/method.ts';
import { splitLines, type Line } from '../managers/ifupdown/lines.ts';
import { findComments, keptComment } from './key-value-places.ts';
import type { Found } from './found.ts';

/** Options that ifupdown itself reads, and those of the hooks of bridges, bonds, VLANs and resolvconf. */
const ifupOptions: ReadonlySet<string> = new Set([
  ...[...families.values()].flatMap((methods) => [...methods.values()].flatMap(({ options }) => options)),
  ...'address netmask network broadcast gateway metric mtu hwaddress description request-dhcp accept_ra vrf'.split(' '),
]);
const hookOption =
  /^(?:bridge|bond|vlan|dns|team|ovs|pre-up-dad|dad|link|failover)(?:$|[-_])|^(?:slaves|raw-device|inherits|use|requires)$/;
const ifupWords =
  /^(?:auto|iface|mapping|source|source-directory|source-dir|rename|template|no-auto-down|no-scripts|allow-\S+|map|script)$/;
const ifupCommands = /^(?:(?:pre|post)-(?:up|down)|up|down)$/;
/** Programs that configure links, and whose words hold no key. */
const linkPrograms =
  /^(?:\S*\/)?(?:ip|ifconfig|route|brctl|bridge|ifenslave|ethtool|ifup|ifdown|dhclient|udhcpc|sysctl|true|false|sleep|modprobe|tc)$/;

/** interfaces(5): of an option that neither ifupdown nor a hook for links knows the name stays, of a command the program. */
export function findInInterfaces(text: string, path: string): readonly Found[] {
  return splitLines({ path, text }).flatMap((line): readonly Found[] => {
    const end = line.raw.end;
    if (line.kind === 'comment') return findComments(text.slice(line.raw.start, end), line.raw.start);
    const [first, second] = line.words;
    if (first === undefined || ifupWords.test(first.value)) return [];
    if (ifupCommands.test(first.value)) return findInCommand(line);
    if (ifupOptions.has(first.value) || hookOption.test(first.value)) return [];
    // a word that is no option's name may be a key itself
    if (second === undefined || !/^[a-z][a-z0-9_-]{0,23}$/.test(first.value))
      return [{ start: first.place.span.start, end, what: 'a line' }];
    return [{ start: second.place.span.start, end, what: first.value }];
  });
}

function findInCommand({ words, raw }: Line): readonly Found[] {
  const program = words[1];
  const next = words[2];
  if (program === undefined) return [];
  const start = program.place.span.start;
  if (!/^[\w./-]+$/.test(program.value)) return [{ start, end: raw.end, what: 'a command' }];
  const isSimple = linkPrograms.test(program.value) && words.every(({ value }) => !/[;&|`$<>]/.test(value));
  return isSimple || next === undefined ? [] : [{ start: next.place.span.start, end: raw.end, what: 'a command' }];
}

/** dhcpcd.conf(5) and dhclient.conf(5): the words that choose links, and what is sent as the client's id. */
const dhcpWords =
  /^(?:interface|denyinterfaces|allowinterfaces|no(?:ipv[46](?:rs|ll)?|dhcp6?|gateway|hook|arp)|ipv[46]only|duid|clientid|metric|static|profile|fallback|timeout|reboot|request|require|option|persistent|slaac)$/;

export function findInDhcpConfiguration(text: string): readonly Found[] {
  const values = [...text.matchAll(/^[ \t]*([\w-]+)[ \t]+(\S.*)$/gm)].flatMap(
    ({ 0: line, 1: word = '', 2: value = '', index }) =>
      dhcpWords.test(word) ? [] : [{ start: index + line.length - value.length, end: index + line.length, what: word }],
  );
  return [...values, ...findComments(text, 0)];
}

/** Options of the kernel, the initramfs and cloud-init that decide about links, and what names the root. */
const bootWords = new RegExp(
  '^(?:ip|ifname|vlan|bond|bridge|team|nameserver|bootdev|BOOTIF|biosdevname|root|ro|rw|net\\..*|rd\\.(?:neednet|net\\..*|bootif)|' +
    'cloud-init|ds|network-config|systemd\\.(?:unit|mask|wants|link.*|network.*)|BOOT_IMAGE|console|quiet|splash|' +
    'MODULES|DEVICE|BUSYBOX|COMPRESS|BOOT|IP|RUNSIZE|FSTYPE|(?:add|omit|force_add)?_?(?:dracutmodules|drivers)|hostonly.*|' +
    'GRUB_(?:DEFAULT|TIMEOUT.*|DISTRIBUTOR|TERMINAL))$',
);

/** `name=value`, in words or as the shell's assignments; of those whose value is words itself each counts. */
export function findInBootOptions(text: string): readonly Found[] {
  const words =
    /(?<![^\s"'=,[])([A-Za-z_][\w.-]*)\+?=(?:(?<=(?:CMDLINE\w*|cmdline|kargs|options|append|PARAMS)\+?=)["']|("[^"\n]*"|'[^'\n]*'|[^\s"']*))/gi;
  const values = [...text.matchAll(words)].flatMap(({ 0: whole, 1: name = '', 2: value = '', index }) =>
    bootWords.test(name) || value === '' || /^["']?\d{0,4}["']?$/.test(value)
      ? []
      : [{ start: index + whole.length - value.length, end: index + whole.length, what: name }],
  );
  return [...values, ...findComments(text, 0, /^[ \t]*#(.*)$/gm)];
}

/** Properties that udev, systemd and the network managers set and read. */
const udevProperties =
  /^(?:ID|NM|SYSTEMD|UDEV|DEV|MD|DM|INTERFACE|SUBSYSTEM|ACTION|SEQNUM|IF|FAILOVER|AZURE|NET|SRIOV|TAGS|DRIVER)(?:_|[A-Z]*$)/;

/** udev's rules: of what a rule runs the program stays, of a property that nobody knows the name. */
export function findInRules(text: string): readonly Found[] {
  const token = /\b([A-Z]+)(?:\{([^}\n]*)\})?[ \t]*(?:[=!]=|[-+:]?=)[ \t]*[ei]?"((?:\\.|[^"\\])*)"/g;
  const uses = new Map<string, number>();
  for (const [, name = ''] of text.matchAll(/(?:ENV|env|%E)\{([^}\n]*)\}/g)) uses.set(name, (uses.get(name) ?? 0) + 1);
  const values = [...text.matchAll(token)].flatMap(({ 0: whole, 1: key = '', 2: name = '', 3: value = '', index }) => {
    const end = index + whole.length - 1;
    const start = end - value.length;
    const isProgram =
      /^(?:RUN|PROGRAM)$/.test(key) && name !== 'builtin' ? true : key === 'IMPORT' && name === 'program';
    if (isProgram) {
      const program = /^\S*/.exec(value)?.[0] ?? '';
      // what udev's own words stand in is about the link
      if (
        linkPrograms.test(program) ||
        /^(?:\S*\/)?(?:failoverctl|net-failover|systemctl|nmcli|networkctl|ifupdown-hotplug)\S*$/.test(program)
      )
        return [];
      return value === program ? [] : [{ start: start + program.length, end, what: `a command of ${key}` }];
    }
    if (key === 'ENV' && !udevProperties.test(name) && value.length > 2 && (uses.get(name) ?? 0) < 2)
      return [{ start, end, what: name }];
    return [];
  });
  return [...values, ...findComments(text, 0, /^[ \t]*#(.*)$/gm)];
}

/** Comments of YAML, after values too. */
export function isKeptComment(comment: string): boolean {
  return keptComment.test(comment.replace(/^#/, '')) || comment === '#cloud-config' || comment.startsWith('#!');
}
