/**
 * False alarms: real files that configure one NIC by its name, accepted by their own programs, on a guest whose master has that
 * name. Nothing is wrong there, so each error or warning is one too many. With and without udev's database.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../../src/main.ts';
import { memorySystem, type MemoryEntry } from '../../src/system/memory.ts';
import { decodeBytes } from '../../src/system/bytes.ts';
import { parseYamlTree, valueOf, type YamlNode } from '../../src/text/yaml-tree.ts';
import { triple } from '../topology/sysfs.ts';
import { machine, type Tree } from '../trials/machine.ts';
import { formatMarkdown } from './measure.ts';

const corpora = '../shared/corpora';

export interface SingleNic {
  readonly from: string;
  readonly format: string;
  readonly link: string;
  readonly managers: readonly string[];
  readonly tree: Tree;
}

export interface Alarm {
  readonly from: string;
  /** "with udev's database". */
  readonly how: string;
  /** "FO101 error MESSAGE". */
  readonly told: readonly string[];
}

const ways = ["with udev's database", 'without'] as const;

/** Null: the corpora are not here. */
export function findSingleNics(): readonly SingleNic[] | null {
  if (!existsSync(corpora)) return null;
  return [...netplanFiles(), ...networkdFiles(), ...keyfiles(), ...interfacesFiles()];
}

export async function findAlarms(nics: readonly SingleNic[]): Promise<readonly Alarm[]> {
  const alarms: Alarm[] = [];
  for (const nic of nics)
    for (const how of ways) {
      const system = memorySystem(guestFor(nic, how === ways[0]));
      await main(['lint', '--json'], system);
      const { findings } = JSON.parse(system.stdout) as { findings: readonly Record<string, string>[] };
      const told = findings
        .filter(({ severity }) => severity !== 'info')
        .map(({ rule, severity, message }) => `${rule} ${severity} ${message}`);
      if (told.length > 0) alarms.push({ from: nic.from, how, told });
    }
  return alarms;
}

export async function compareAlarms(): Promise<string> {
  const nics = findSingleNics();
  if (nics === null) return `False alarms were not counted: ${corpora} is not here.`;
  const alarms = await findAlarms(nics);
  const formats = [...new Set(nics.map(({ format }) => format))];
  const rows = formats.map((format) => {
    const files = nics.filter((nic) => nic.format === format);
    const count = (how: string) =>
      alarms.filter((alarm) => alarm.how === how && files.some(({ from }) => from === alarm.from)).length;
    return [format, String(files.length)].concat(ways.map((how) => String(count(how))));
  });
  return formatMarkdown(
    ['files that configure one NIC, rightly', 'files', ...ways.map((how) => `alarms, ${how}`)],
    rows,
  );
}

function guestFor({ link, managers, tree }: SingleNic, hasDatabase: boolean): Tree {
  const standby = `${link}nsby`.length > 15 ? 'enp1s0nsby' : `${link}nsby`;
  const links = [link, standby, 'enp7s0'] as const;
  const udev: Record<string, MemoryEntry> = {};
  for (const [index, name] of links.entries()) {
    const [device, driver] = index < 2 ? ['0000:01:00.0/virtio1', 'virtio_net'] : ['0000:05:00.0', 'e1000e'];
    udev[`/sys/devices/pci0000:00/${device}/net/${name}/ifindex`] = `${index + 2}\n`;
    if (!hasDatabase) continue;
    const own = index === 0 ? 'net_failover' : driver;
    udev[`/run/udev/data/n${index + 2}`] =
      `I:1\nE:ID_NET_DRIVER=${own}\nE:ID_PATH=pci-${device.slice(0, 12)}\nE:ID_NET_NAME_PATH=${name}\n` +
      'E:ID_NET_LINK_FILE=/usr/lib/systemd/network/99-default.link\nV:1\n';
  }
  return { ...machine('debian13', managers), ...triple(...links), ...udev, ...tree };
}

function read(path: string): string {
  return decodeBytes(readFileSync(path));
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Cases of the generator's tests that netplan accepts, and its documentation's examples. */
function netplanFiles(): readonly SingleNic[] {
  const accepted = filesBelow(join(corpora, 'netplan/generator'))
    .filter((path) => path.endsWith('/verdict.json') && JSON.parse(read(path)).verdict === 'valid')
    .map((path) => filesBelow(path.slice(0, -'/verdict.json'.length)).filter((file) => file.endsWith('.yaml')))
    .flatMap((files) => (files.length === 1 ? files : []));
  const examples = filesBelow(join(corpora, 'netplan/examples')).filter((path) => path.endsWith('.yaml'));
  return [...accepted, ...examples].flatMap((path): SingleNic[] => {
    const text = read(path);
    const network = valueOf(parseYamlTree({ path, text }, { merge: false }).root, 'network');
    const link = onlyEthernet(network);
    // without link-local addresses networkd does no DHCPv6, and says so
    const isContradiction = /^ *link-local:/m.test(text) && /^ *dhcp6: *(?:true|yes|on)/m.test(text);
    if (link === null || !asksForAddress(network) || isContradiction) return [];
    const tree = { '/etc/netplan/50-x.yaml': { text, mode: 0o600 }, ...quietNetworkManager };
    const managers = /renderer: *NetworkManager/.test(text) ? ['netplan', 'networkmanager'] : ['netplan'];
    return [{ from: path, format: 'netplan', link, managers, tree }];
  });
}

/** It makes a connection of its own for each NIC that no profile is for; these files are not to blame for that. */
const quietNetworkManager: Tree = { '/etc/NetworkManager/conf.d/x.conf': '[main]\nno-auto-default=*\n' };

function onlyEthernet(network: YamlNode | undefined): string | null {
  if (network?.kind !== 'map') return null;
  const kinds = network.entries.filter(({ key }) => key !== 'version' && key !== 'renderer');
  const [ethernets, ...others] = kinds;
  if (ethernets?.key !== 'ethernets' || others.length > 0 || ethernets.value.kind !== 'map') return null;
  const [first, ...more] = ethernets.value.entries.filter(({ key }) => key !== 'renderer');
  if (first === undefined || more.length > 0 || first.value.kind !== 'map') return null;
  return first.value.entries.some(({ key }) => key === 'match' || key === 'set-name') ? null : first.key;
}

function asksForAddress(node: YamlNode | undefined): boolean {
  if (node?.kind !== 'map') return false;
  return node.entries.some(
    ({ key, value }) =>
      (/^dhcp[46]$/.test(key) && value.kind === 'scalar' && value.value === true) ||
      (key === 'addresses' && value.kind === 'sequence' && value.items.length > 0) ||
      asksForAddress(key === 'nameservers' ? undefined : value),
  );
}

/** systemd's own test files, those whose only match is one name, and that ask for an address. */
function networkdFiles(): readonly SingleNic[] {
  const paths = filesBelow(join(corpora, 'systemd/test-network-conf')).filter((path) => path.endsWith('.network'));
  return paths.flatMap((path): SingleNic[] => {
    const text = read(path);
    const match = /^\[Match\]\n((?:(?!\[).*\n)*)/m.exec(text)?.[1] ?? '';
    const link = /^Name=([a-z][\w.-]*)$/.exec(match.trim())?.[1];
    const asks = /^(?:DHCP=(?:yes|true|ipv4|ipv6)|Address=.+)$/m.test(text);
    // networkd complains of what systemd's authors meant it to complain of
    if (/\b(?:hogehoge|foofoo)\b/.test(text)) return [];
    const stacks = /^(?:Bridge|Bond|VRF|VLAN|MACVLAN|MACVTAP|IPVLAN|VXLAN|Tunnel|Xfrm|BatmanAdvanced)=/m.test(text);
    if (link === undefined || !asks || stacks || link.length > 15) return [];
    const tree = { '/etc/systemd/network/20-x.network': text };
    return [{ from: path, format: 'networkd', link, managers: ['networkd'], tree }];
  });
}

function keyfiles(): readonly SingleNic[] {
  return filesBelow(join(corpora, 'networkmanager/keyfiles')).flatMap((path): SingleNic[] => {
    const text = read(path);
    const link = /^interface-name=([a-z][\w.-]*)$/m.exec(text)?.[1];
    const isEthernet = /^type=(?:802-3-)?(?:ethernet|wired)$/m.test(text);
    if (link === undefined || !isEthernet || /^(?:master|controller|slave-type|port-type)=/m.test(text)) return [];
    const file = { text, mode: 0o600 };
    const tree = { '/etc/NetworkManager/system-connections/x.nmconnection': file, ...quietNetworkManager };
    return [{ from: path, format: 'NetworkManager', link, managers: ['networkmanager'], tree }];
  });
}

/** Files of ifupdown's tests and documentation with one stanza beside lo's that configures a NIC by its name. */
function interfacesFiles(): readonly SingleNic[] {
  const paths = ['debian-examples', 'debian-testbuild', 'ifupdown2/eni'].flatMap((folder) =>
    filesBelow(join(corpora, 'ifupdown', folder)),
  );
  return paths.flatMap((path): SingleNic[] => {
    const text = read(path);
    const stanzas = [...text.matchAll(/^\s*iface\s+(\S+)\s+(\S+)\s+(\S+)/gm)].filter(([, name]) => name !== 'lo');
    const names = new Set(stanzas.map(([, name = '']) => name));
    const [link = ''] = names;
    const simple =
      names.size === 1 && /^[a-z]+\d+$/.test(link) && !/^\s*(?:source|mapping|no-scripts|rename)/m.test(text);
    const wanted = new RegExp(`^\\s*(?:auto|allow-hotplug)\\s(?:.*\\s)?${link}(?:\\s|$)`, 'm').test(text);
    // a MAC of its own is what a master cannot have (FO201)
    const plain = !/^\s*(?:bridge_ports|bond-slaves|hwaddress)\s/m.test(text);
    if (!simple || !wanted || !plain || !stanzas.some(([, , , method]) => /^(?:dhcp|static)$/.test(method ?? '')))
      return [];
    return [
      { from: path, format: 'ifupdown', link, managers: ['ifupdown'], tree: { '/etc/network/interfaces': text } },
    ];
  });
}
