/**
 * NetworkManager's plugin ifupdown (nms-ifupdown-plugin.c, the same from 1.42 to 1.58): what /etc/network/interfaces names is left
 * to ifupdown or, with [ifupdown] managed=true, gets a connection from its iface stanza. `auto` lines alone name nothing.
 */
import { keyFileWords } from '../../text/key-file.ts';
import { interfacesPath, readInterfaces, type Block } from './interfaces.ts';
import { profileOfStanza } from './stanza-profile.ts';
import type { ConfigFile, Verdict } from '../claim.ts';
import type { Place } from '../../text/source.ts';
import type { Config } from './config.ts';
import type { Profile } from './profile.ts';

/** A link that is left to ifupdown, by the line that says so. */
export interface NamedLink {
  readonly name: string;
  readonly place: Place;
  /** The line's words: "iface ens10", "bridge_ports of br0". */
  readonly by: string;
}

export interface IfupdownPlugin {
  /** Is it in NetworkManager? Where not, it names nothing. */
  readonly loaded: Verdict;
  /** What it leaves to ifupdown: literal names. */
  readonly named: readonly NamedLink[];
  /** With managed=true. */
  readonly profiles: readonly Profile[];
  /** `source` lines that nobody can follow without NetworkManager's environment: they may name any link. */
  readonly unfollowed: readonly Place[];
}

const nothing: IfupdownPlugin = { loaded: 'no', named: [], profiles: [], unfollowed: [] };

/** `installed`: the libraries that are there; undefined: not known. */
export function readIfupdownPlugin(
  config: Config,
  find: (glob: string) => readonly ConfigFile[],
  { installed, version }: { readonly installed: readonly string[] | undefined; readonly version: string | undefined },
): IfupdownPlugin {
  const isListed = config.plugins.some(({ list }) => keyFileWords(list).includes('ifupdown'));
  if (!isListed || installed?.includes('ifupdown') === false) return nothing;
  const loaded = installed === undefined ? 'maybe' : 'yes';
  const { blocks, unfollowed } = readInterfaces(find);
  const entries = readBlocks(blocks, version);
  if (!config.ifupdownManaged) return { loaded, named: [...entries.values()], profiles: [], unfollowed };
  const profiles = [...entries.values()].flatMap(({ profile }) => profile ?? []);
  return { loaded, named: [], profiles, unfollowed: [] };
}

interface Entry extends NamedLink {
  /** Null: it only names the link. */
  readonly profile: Profile | null;
}

/** A later stanza of a name replaces an earlier one, of the other family too. */
function readBlocks(blocks: readonly Block[], version: string | undefined): ReadonlyMap<string, Entry> {
  const started = new Set(
    blocks.filter(({ type }) => type === 'auto' || type === 'allow-hotplug').map(({ name }) => name),
  );
  const entries = new Map<string, Entry>();
  for (const block of blocks) {
    const { type, name, place } = block;
    if (type === 'iface' && name.startsWith('br')) {
      // such a name is a bridge's, which is left out itself
      const ports = block.options.find(({ key }) => key === 'bridge-ports');
      for (const port of ports === undefined ? [] : portsOf(ports.value))
        entries.set(port, { name: port, place: ports?.place ?? place, by: `bridge_ports of ${name}`, profile: null });
    } else if (type === 'iface' && name !== 'lo') {
      const profile = profileOfStanza(block, started.has(name), version);
      entries.set(name, { name, place, by: `iface ${name}`, profile });
    } else if (type === 'mapping' && !entries.has(name))
      entries.set(name, { name, place, by: `mapping ${name}`, profile: null });
  }
  return entries;
}

/** Names that stand there as they are: what `regex` begins is passed over. */
function portsOf(value: string): readonly string[] {
  const ports: string[] = [];
  let depth = 0;
  for (const word of value.split(/[ \t]+/)) {
    if (word === 'regex') depth += 1;
    else if (word === 'noregex') depth -= 1;
    else if (depth === 0 && !['', 'all', 'none'].includes(word)) ports.push(word);
  }
  return ports;
}

/** As NetworkManager.conf would name it. */
export function specOf({ name, place }: NamedLink): { readonly list: string; readonly place: Place } {
  return { list: `interface-name:=${name.replaceAll(/[;,\\ ]/g, String.raw`\$&`)}`, place };
}

export function reasonOf({ by, place }: NamedLink): string {
  const where = place.source.path === interfacesPath ? '' : ` of ${place.source.path}`;
  return `'${by}'${where} leaves it to ifupdown: NetworkManager has the plugin ifupdown, with managed=false`;
}
