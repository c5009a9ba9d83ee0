/**
 * Names that a link may have beside its own, where udev's database does not say. Names and altnames share one space per
 * namespace: adding one that is taken, or renaming to it, answers EEXIST (net/core/dev.c), so a name that one link holds is
 * no other link's. The rest are names that udev's policies make of a device (systemd.net-naming-scheme(7)), and those that a
 * .link file gives.
 */
import type { LinkFacts, PossibleNames } from './guest.ts';

/**
 * `others`: the names of the guest's other links. `given`: names that .link files give to links that are not told apart here.
 * `standardPolicy`: links are named as 99-default.link says, the first name of onboard, slot, path that there is.
 */
export function findPossibleNames(
  link: LinkFacts,
  others: readonly string[],
  given: readonly string[],
  standardPolicy: boolean,
): PossibleNames {
  const shapes = [
    ...policyShapes(link, standardPolicy).flatMap((shape) => suffixesOf(link).map((suffix) => shape + suffix)),
    ...macName(link),
    ...given,
  ];
  return { shapes, taken: others };
}

/** By the policies that come after the one that made the link's name; by all, where none of them did. */
function policyShapes({ name, pciAddress }: LinkFacts, standardPolicy: boolean): readonly string[] {
  const onboard = ['eno#', 'enP#o#', 'end#'];
  const slot = ['ens#', 'ens#f#', 'enP#s#', 'enP#s#f#'];
  const path = pathShapes(pciAddress);
  if (!standardPolicy) return [...onboard, ...slot, ...path];
  if (/^enP?\d*p\d/.test(name)) return [];
  if (/^enP?\d*s\d/.test(name)) return path;
  return /^en(?:P\d+)?[od]\d/.test(name) ? [...slot, ...path] : [...onboard, ...slot, ...path];
}

/** ID_NET_NAME_PATH: en[P<domain>]p<bus>s<slot>[f<function>]. */
function pathShapes(address: string | undefined): readonly string[] {
  const [, domain, bus, slot, port] = /^([0-9a-f]{4,}):([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/.exec(address ?? '') ?? [];
  if (domain === undefined || bus === undefined || slot === undefined || port === undefined)
    return ['enp#s#', 'enp#s#f#', 'enP#p#s#', 'enP#p#s#f#'];
  const number = (hex: string) => Number.parseInt(hex, 16);
  const prefix = number(domain) === 0 ? 'en' : `enP${number(domain)}`;
  const path = `${prefix}p${number(bus)}s${number(slot)}`;
  return [path, `${path}f${port}`];
}

/** n<phys_port_name>, or d<dev_port>. A standby's port is called `sby`, a master has none (drivers/net/virtio_net.c). */
function suffixesOf({ role }: LinkFacts): readonly string[] {
  if (role === 'standby') return ['nsby'];
  return role === 'master' ? [''] : ['', 'd#', 'np#', 'n#'];
}

/** ID_NET_NAME_MAC, an altname since systemd 256. */
function macName({ permanentMac }: LinkFacts): readonly string[] {
  return permanentMac === undefined ? [] : [`enx${permanentMac.replaceAll(':', '')}`];
}

/** May the link have a name that this fnmatch(3) pattern matches? */
export function mayBeCalled({ shapes, taken }: PossibleNames, pattern: string): boolean {
  const start = /^[^*?[\\]*/.exec(pattern)?.[0] ?? '';
  const near = shapes.filter((shape) => beginAlike(start, shape.split('#', 1)[0] ?? ''));
  if (near.length === 0 || taken.includes(pattern)) return false;
  const glob = readGlob(pattern);
  return glob !== null && near.some((shape) => meets(glob, shape));
}

/** Most patterns begin otherwise than any name that policies make. */
function beginAlike(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}

type Piece = '*' | ((character: string) => boolean);

/** Null: brackets and escapes in an unusual form, which match nothing that a policy makes. */
function readGlob(pattern: string): readonly Piece[] | null {
  const pieces: Piece[] = [];
  for (const [part = '', escaped, not, set] of pattern.matchAll(/\\(.)|\[([!^]?)(\]?[^\]]*)\]|[^]/g)) {
    if (part === '*') pieces.push('*');
    else if (part === '?') pieces.push(() => true);
    else if (set !== undefined) {
      if (set.includes('[:')) return null;
      const isIn = inSet(set);
      pieces.push((character) => isIn(character) !== (not !== ''));
    } else pieces.push((character) => character === (escaped ?? part));
  }
  return pieces;
}

function inSet(set: string): (character: string) => boolean {
  const ranges = [...set.matchAll(/([^])-([^])|([^])/g)].map(([, from, to, one]) => [
    from ?? one ?? '',
    to ?? one ?? '',
  ]);
  return (character) => ranges.some(([from = '', to = '']) => character >= from && character <= to);
}

/** Is there a name of this shape that the glob matches? Both are walked together; `#` is one digit, then maybe more. */
function meets(glob: readonly Piece[], shape: string): boolean {
  const dead = new Set<number>();
  const walk = (at: number, index: number, inNumber: boolean): boolean => {
    const state = (at * (shape.length + 1) + index) * 2 + Number(inNumber);
    if (dead.has(state)) return false;
    dead.add(state);
    const piece = glob[at];
    if (piece === undefined) return index === shape.length;
    if (piece === '*' && walk(at + 1, index, inNumber)) return true;
    const accepts = (character: string) => piece === '*' || piece(character);
    const next = piece === '*' ? at : at + 1;
    const digit = digits.some(accepts);
    if (inNumber && digit && walk(next, index, true)) return true;
    const character = shape[index];
    if (character === undefined) return false;
    if (character === '#') return digit && walk(next, index + 1, true);
    return accepts(character) && walk(next, index + 1, false);
  };
  return walk(0, 0, false);
}

const digits = [...'0123456789'];
