/** What nobody of us needs in files of keys and values: systemd's, and NetworkManager's key files. */
import { netdevKeys } from '../managers/networkd/netdev-keys.ts';
import { networkKeys } from '../managers/networkd/network-keys.ts';
import { profileKeys } from '../managers/networkmanager/profile-keys.ts';
import { ethernetGroups } from '../managers/networkmanager/profile-values.ts';
import { readKeyTable, type KeyTable } from '../managers/systemd/keys.ts';
import { linkKeys } from '../managers/udev/link-keys.ts';
import { parseIni, type IniAssignment } from '../text/ini.ts';
import { parseKeyFile } from '../text/key-file.ts';
import type { Span } from '../text/source.ts';
import type { Found } from './found.ts';

const tables: Readonly<Record<string, KeyTable>> = {
  network: readKeyTable(networkKeys),
  netdev: readKeyTable(netdevKeys),
  link: readKeyTable(linkKeys),
};

/** Values of these types are keys and passwords; `text(ascii)` is a user's name or password at a server. */
const secretType = /^(?:base64key|hexkey|text\(ascii\)|address\(6,set\))/;

/** .network, .netdev, .link: a value stays where the tables know its key, and its type is no key or password. */
export function findInNetworkd(text: string, path: string): readonly Found[] {
  const table = tables[/\.(network|netdev|link)(?:\.d\/[^/]*\.conf)?$/.exec(path)?.[1] ?? ''];
  if (table === undefined) return [];
  const isNeeded = ({ section, key }: IniAssignment): boolean => {
    const facts = table.get(section?.name ?? '')?.get(key);
    if (facts === undefined) return section?.name === 'Install' || isKeyElsewhere(table, key);
    return !facts.types.some(({ expression }) => secretType.test(expression));
  };
  return findInSystemd(text, path, isNeeded);
}

/** A known key in the wrong section is a mistake that is shown, unless it is a secret in the right one. */
function isKeyElsewhere(table: KeyTable, key: string): boolean {
  const facts = [...table.values()].flatMap((keys) => keys.get(key) ?? []);
  return facts.length > 0 && !facts.some(({ types }) => types.some(({ expression }) => secretType.test(expression)));
}

/** Keys of units whose values are handed to a program: what it does with them is its own business. */
const forPrograms = /^(?:Environment|PassEnvironment|SetCredential(?:Encrypted)?|StandardInput(?:Text|Data))$/;

/** Units and other files of systemd: of a command the program stays, and all of it where it is ifup's or ours. */
export function findInUnit(text: string, path: string): readonly Found[] {
  return findInSystemd(text, path, ({ key, value }) =>
    key.startsWith('Exec')
      ? /^\S*(?:ifup|ifdown|failoverctl|ip|nmcli|networkctl)(?:\s|$)/.test(value)
      : !forPrograms.test(key),
  );
}

function findInSystemd(text: string, path: string, isNeeded: (one: IniAssignment) => boolean): readonly Found[] {
  return parseIni({ path, text }).pieces.flatMap((piece): Found[] => {
    const comments = findComments(text.slice(piece.span.start, piece.span.end), piece.span.start);
    if (piece.kind === 'broken') {
      // neither a section nor a setting: nothing that we know
      return isHeader(text, piece.span.start) ? [] : comments.concat(found(piece.span, 'a line without ='));
    }
    if (piece.kind !== 'assignment') return comments;
    const key = isName(piece.key) ? [] : [found(piece.keySpan, 'a key')];
    return key.concat(isNeeded(piece) ? [] : findValue(text, piece), comments);
  });
}

/** The parts of a continued value, without the backslashes and the comments between them. */
function findValue(text: string, { key, value, valueSpan, segments }: IniAssignment): Found[] {
  const program = key.startsWith('Exec') ? (/^\S*/.exec(value)?.[0].length ?? 0) : 0;
  return segments.map(({ span }, index) => {
    const end = text[span.end - 1] === '\\' && index < segments.length - 1 ? span.end - 1 : span.end;
    return {
      start: Math.min(end, index === 0 ? valueSpan.start + program : span.start),
      end,
      what: isName(key) ? key : 'a value',
    };
  });
}

/** A line of a raw key that ends in = looks like a setting without a value. */
function isName(key: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_-]{0,39}$/.test(key) && !/\d[A-Za-z]*\d/.test(key.replace(/6?4?(?=[A-Z]|$)/, ''));
}

function found({ start, end }: Span, what: string): Found {
  return { start, end, what };
}

function isHeader(text: string, start: number): boolean {
  return /^\s*\[[\w. -]{0,40}\]?\s*(?:$|\n)/.test(text.slice(start, text.indexOf('\n', start) + 1 || undefined));
}

/** Whole lines that are comments. What suppresses a finding stays, and what says whose file it is. */
export function findComments(text: string, offset: number, sign = /^[ \t]*[#;](.*)$/gm): Found[] {
  return [...text.matchAll(sign)].flatMap(({ 0: line, 1: comment = '', index }) =>
    keptComment.test(comment)
      ? []
      : [
          {
            start: offset + index + line.length - comment.length,
            end: offset + index + line.length,
            what: 'a comment',
          },
        ],
  );
}

/** What suppresses a finding, and what is ours. */
export const keptComment = /failover/i;

/** Groups that no judge reads but whose words decide if NetworkManager takes the profile. */
const otherGroups =
  /^(?:bridge|bond|team|infiniband|macvlan|ip-tunnel|tun|veth|vrf|vxlan|loopback|dummy|(?:bridge|bond|team|ovs)-port|ovs-.*|main|keyfile|device.*|connection-.*|connectivity|logging|ifupdown|global-dns.*|\.nmmeta|\.config)$/;

/** Words of groups for ports with credentials that are a choice and no secret. */
const choices =
  /^(?:key-mgmt|auth-alg|proto|pairwise|group|mode|band|channel|eap|phase[12]-.*auth.*|.*-flags|service-type|encapsulation|listen-port|autoconf|mtu)$/;

/** A profile's value stays where NetworkManager's own list has its key, or where it is a number, a truth or a choice. */
export function findInKeyFile(text: string, path: string): readonly Found[] {
  const { groups, faults } = parseKeyFile({ path, text });
  const values = groups.flatMap(({ name, entries }) =>
    entries.flatMap(({ key, value, valuePlace }): readonly Found[] => {
      const known = profileKeys.get(ethernetGroups.includes(name) ? 'ethernet' : name);
      const isNeeded =
        known === undefined
          ? otherGroups.test(name) || (choices.test(key) && /^[a-z0-9;-]{0,16}$/.test(value))
          : (known.has(key) || /^(?:address|route|routing-rule)/.test(key)) && !/password|pac-script/.test(key);
      return isNeeded || value === '' ? [] : [{ ...valuePlace.span, what: key }];
    }),
  );
  const broken = faults
    .filter(({ place }) => !isHeader(text, place.span.start) && !/^[\w-]+[ \t]*=/.test(text.slice(place.span.start)))
    .map(({ place }) => found(place.span, 'a line without ='));
  return [...values, ...broken, ...findComments(text, 0, /^[ \t]*#(.*)$/gm)];
}
