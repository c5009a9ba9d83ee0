/**
 * Values that name other definitions (handle_*_interfaces(), handle_netdef_id_ref() and the like in src/parse.c). An ID that
 * is not there yet is noted: netplan reads the file again once it has found it.
 */
import { newEntry, type Entry, type Said } from './definition.ts';
import { parseUint } from './scalars.ts';
import { refuse, wrongForm, type Reading } from './reading.ts';
import { isAtLeast } from './version.ts';
import type { Lookup } from './forms.ts';
import type { YamlEntry, YamlNode, YamlScalar, YamlSequence } from '../../text/yaml-tree.ts';

export function lookUp(node: YamlNode, what: Lookup, reading: Reading): YamlNode | null {
  if (what === 'bridge-ports' || what === 'bond-ports' || what === 'vrf-ports') return takePorts(node, what, reading);
  if (what === 'patch-ports') return takePatchPorts(node, reading);
  if (node.kind !== 'scalar') return wrongForm(node, 'a single value', reading);
  const { current } = reading;
  if (current === null || reading.isStopped) return null;
  if (what === 'primary') takePrimary(node, current, reading);
  else if (what === 'peer') takePeer(node, current, reading);
  else {
    const parent = find(node, reading);
    if (parent?.renderer === 'openvswitch' && current.kind === 'vlans') current.renderer = 'openvswitch';
  }
  return reading.isStopped ? null : node;
}

function find(node: YamlScalar, reading: Reading): Entry | undefined {
  const found = reading.entries.get(node.text);
  if (found === undefined && reading.current !== null) reading.missing.set(node.text, { by: reading.current, node });
  return found;
}

/** A link has one master of a kind; a bond's port cannot be a bridge's, nor a bridge's a bond's. */
function takePorts(
  node: YamlNode,
  what: 'bridge-ports' | 'bond-ports' | 'vrf-ports',
  reading: Reading,
): YamlNode | null {
  if (node.kind !== 'sequence') return wrongForm(node, 'a list', reading);
  const { current } = reading;
  for (const item of node.items) {
    if (item.kind !== 'scalar') return wrongForm(item, 'the ID of a definition', reading);
    if (current === null || reading.isStopped) return null;
    const port = find(item, reading);
    if (port === undefined) continue;
    const masters = what === 'vrf-ports' ? [port.vrf] : [port.bridge, port.bond];
    const other = masters.find((master) => master !== null && !isOwn(master, what, port, current));
    if (other !== undefined && other !== null)
      refuse(reading, item.place, `'${item.text}' is a port of ${other.text} already`);
    if (reading.isStopped) return null;
    const master: Said = { text: current.id, place: item.place };
    if (what === 'vrf-ports') port.vrf = master;
    else if (what === 'bridge-ports') port.bridge ??= master;
    else port.bond ??= master;
    if (port.renderer === 'openvswitch' && what !== 'vrf-ports') current.renderer = 'openvswitch';
  }
  return node;
}

/** Is the port this one's by the same kind of list? */
function isOwn(master: Said, what: Lookup, port: Entry, current: Entry): boolean {
  if (what === 'bridge-ports' && master === port.bond) return false;
  if (what === 'bond-ports' && master === port.bridge) return false;
  return master.text === current.id;
}

function takePrimary(node: YamlScalar, bond: Entry, reading: Reading): void {
  const port = find(node, reading);
  if (port === undefined || bond.primary === node.text) return;
  if (bond.primary !== null) {
    refuse(reading, node.place, `'${node.text}'; the primary of ${bond.id} is ${bond.primary} already`);
    return;
  }
  if (port.primaryOf !== null && isAtLeast(reading.version, '1.1')) {
    refuse(reading, node.place, `'${node.text}' is the primary of ${port.primaryOf.text} already`);
    return;
  }
  port.primaryOf = { text: bond.id, place: node.place };
  bond.primary = node.text;
}

function takePeer(node: YamlScalar, veth: Entry, reading: Reading): void {
  if (node.text === veth.id)
    refuse(reading, node.place, `'${node.text}' is the definition itself; expected its other end`);
  const peer = reading.isStopped ? undefined : find(node, reading);
  if (peer === undefined) return;
  if (peer.kind !== 'virtual-ethernets' && peer.kind !== 'missing')
    refuse(reading, node.place, `'${node.text}' is one of ${peer.kind}; expected one of virtual-ethernets`);
  else if (peer.peer !== null && peer.peer !== veth.id)
    refuse(reading, node.place, `'${node.text}' is the other end of ${peer.peer} already`);
  else {
    veth.peer = peer.id;
    peer.peer = veth.id;
  }
}

/** An entry of `path-cost:`, `port-priority:`, `external-ids:` or `other-config:`. */
export function lookUpEntry(entry: YamlEntry, what: Lookup, reading: Reading): void {
  const { key, keyPlace, value } = entry;
  const text = value.kind === 'scalar' ? value.text : '';
  if (what === 'pairs') {
    const pairs = reading.current?.pairs ?? reading.pairs;
    const known = pairs.get(key);
    if (known !== undefined && known !== text) refuse(reading, keyPlace, `'${key}' is there already, as '${known}'`);
    else pairs.set(key, text);
    return;
  }
  const port = find({ kind: 'scalar', value: key, text: key, place: keyPlace }, reading);
  if (port === undefined) return;
  const known = what === 'path-cost' ? port.pathCost : port.portPriority;
  if (known !== null) {
    refuse(reading, keyPlace, `'${key}' has a ${what} of ${known.text} already`);
    return;
  }
  const number = parseUint(text);
  if (number === null || (what === 'port-priority' && number > 63)) {
    refuse(reading, value.place, `'${text}'; expected ${what === 'port-priority' ? '0 to 63' : 'a whole number'}`);
    return;
  }
  const said = number === 0 ? null : { text: String(number), place: value.place };
  if (what === 'path-cost') port.pathCost = said;
  else port.portPriority = said;
}

/** A list of ARP targets or peers that is as long as what is known is passed over, whatever is in it. */
export function mayRead(node: YamlSequence, { current }: Reading): boolean {
  return current === null || current.targets !== node.items.length;
}

/** A pair of patch ports, each a definition of its own. */
function takePatchPorts(node: YamlNode, reading: Reading): YamlNode | null {
  if (node.kind !== 'sequence') return wrongForm(node, 'a list of two ports', reading);
  const [one, other] = node.items;
  if (one === undefined || other === undefined || node.items.length !== 2) {
    refuse(reading, node.place, `${node.items.length} ports; expected two`);
    return null;
  }
  if (one.kind !== 'scalar') return wrongForm(one, 'a port', reading);
  if (other.kind !== 'scalar') return wrongForm(other, 'a port', reading);
  if (one.text === other.text) refuse(reading, other.place, `'${other.text}' twice; expected two ports`);
  if (reading.isStopped) return null;
  const ends = [one, other].map((end): Entry => {
    const known = reading.entries.get(end.text);
    if (known !== undefined) return known;
    const entry = newEntry(end.text, 'ports', end.place, 'openvswitch');
    reading.entries.set(end.text, entry);
    if (reading.missing.delete(end.text)) reading.found += 1;
    return entry;
  });
  for (const [index, end] of ends.entries()) {
    const peer = ends[1 - index]?.id ?? '';
    end.file = reading.file;
    if (end.peer !== null && end.peer !== peer)
      refuse(reading, node.place, `'${end.id}' is connected to ${end.peer} already`);
  }
  if (!reading.isStopped) for (const [index, end] of ends.entries()) end.peer ??= ends[1 - index]?.id ?? null;
  return node;
}
