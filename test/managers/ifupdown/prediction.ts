/** Our answers and ifupdown's, in one form that can be compared. */
import { chooseStanzas, isKnown, loopback, planPhase } from '../../../src/managers/ifupdown/bring-up.ts';
import { readConfiguration, type FindFiles } from '../../../src/managers/ifupdown/configuration.ts';
import type { Configuration } from '../../../src/managers/ifupdown/stanza.ts';
import { effectsOf, missingOptions, repeatedOptions } from '../../../src/managers/ifupdown/effects.ts';
import { expandTargets } from '../../../src/managers/ifupdown/pattern.ts';
import { positionAt } from '../../../src/text/source.ts';
import { fnmatch } from '../../../src/text/fnmatch.ts';
import { file } from './guest.ts';
import { oracleLinks, type Answer } from './oracle.ts';
import type { ConfigFile } from '../../../src/managers/claim.ts';

export function readTree(tree: Readonly<Record<string, string>>): Configuration {
  const files = Object.entries(tree)
    .map(([path, text]) => file(`/${path}`, text))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const find: FindFiles = (glob) =>
    files.filter(({ path }) => fnmatch(glob.replaceAll('/./', '/'), path, { pathname: true, period: true }));
  return readConfiguration(
    files.filter(({ path }) => path === '/interfaces'),
    find,
  );
}

const phase = { name: 'boot', title: 'at boot', links: oracleLinks } as const;

export interface Block {
  readonly title: string;
  readonly effects: readonly string[];
  readonly refused: boolean;
}

/** What `ifup -a` would configure; null where a `maybe`, a mapping or an option given twice leaves it open. */
export function predictUp(configuration: Configuration): readonly Block[] | null {
  const bringUps = planPhase(configuration, [], phase).bringUps.filter(({ how }) => how === 'boot');
  const blocks: Block[] = [];
  for (const { physical, logical, verdict } of bringUps) {
    const { stanzas, mapping } = chooseStanzas(configuration, logical);
    if (verdict !== 'yes' || mapping !== null) return null;
    for (const stanza of stanzas) {
      if (repeatedOptions(stanza).length > 0) return null;
      const refused = missingOptions(stanza).length > 0;
      const effects = refused
        ? []
        : effectsOf(stanza)
            .map(({ kind }) => kind)
            .filter((kind) => compared.has(kind));
      const title = `${physical}=${logical} (${stanza.family})`;
      blocks.push({ title, effects: physical === 'lo' ? [] : unique(effects), refused });
      if (refused) break;
    }
  }
  return blocks;
}

const compared: ReadonlySet<string> = new Set(['up', 'dhcp4', 'dhcp6', 'ra', 'address', 'mac', 'mtu', 'route']);

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}

/** The same from the commands that `ifup -v --no-act -a` prints. */
export function readUp({ stderr }: Answer): readonly Block[] {
  return stderr
    .split(/^ifup: configuring interface /m)
    .slice(1)
    .map((block) => {
      const [title = '', ...commands] = block.split('\n');
      // What belongs to the next interface's link (a VLAN) comes after this one's last scripts.
      const end = commands.findIndex((line) => line.startsWith('run-parts') && line.endsWith('if-up.d'));
      const own = end < 0 ? commands : commands.slice(0, end);
      const effects = signs.filter(({ sign }) => own.some((line) => sign.test(line))).map(({ effect }) => effect);
      // A tunnel's stanza makes a device of that name; it does nothing to a link that is there.
      const makesDevice = own.some((line) => /^ip (?:-6 )?tunnel add/.test(line));
      const refused = own.some((line) => line.startsWith('ifup: missing required configuration variables'));
      return { title, effects: refused || makesDevice || title.startsWith('lo=') ? [] : unique(effects), refused };
    });
}

const signs: readonly { readonly effect: string; readonly sign: RegExp }[] = [
  { effect: 'up', sign: /^-?ip link set .*\bup\b|dhclient|bootpc|avahi-autoipd/ },
  { effect: 'dhcp4', sign: /dhclient -4|bootpc/ },
  { effect: 'dhcp6', sign: /dhclient -6/ },
  { effect: 'ra', sign: /accept_ra=0*[1-9]/ },
  { effect: 'address', sign: /^ip (?:-6 )?addr add|avahi-autoipd/ },
  { effect: 'mac', sign: /^ip link set dev \S+ .*address \S/ },
  { effect: 'mtu', sign: /\bmtu \d/ },
  { effect: 'route', sign: /^ ?ip (?:-6 )?route (?:add|replace) default/ },
];

/** The names that `ifquery --list` prints; null where the order of the interfaces decides. */
export function predictList(configuration: Configuration): readonly string[] | null {
  const targets = expandTargets(configuration.classes.get('auto') ?? [], [loopback, ...oracleLinks]);
  if (targets.some(({ verdict }) => verdict !== 'yes')) return null;
  return targets
    .filter(({ physical, logical }) => isKnown(configuration, logical ?? physical))
    .map(({ physical }) => physical);
}

export function predictHotplug(configuration: Configuration, name: string): boolean | null {
  const ours = planPhase(configuration, [], phase).bringUps.filter(
    ({ how, physical, logical }) => how === 'hotplug' && physical === name && isKnown(configuration, logical),
  );
  if (ours.length > 0 && ours.every(({ verdict }) => verdict !== 'yes')) return null;
  return ours.length > 0;
}

/** The options of a name's stanzas as `ifquery NAME` prints them, without what it computes. */
export function predictQuery(configuration: Configuration, name: string): readonly string[] | null {
  const { stanzas, mapping } = chooseStanzas(configuration, name);
  if (mapping !== null) return null;
  return stanzas.flatMap((stanza) =>
    stanza.options
      .filter((option) => !computed.has(option.name))
      .flatMap((option) =>
        ['pre-up', 'up', 'down', 'post-down'].includes(option.name)
          ? option.parts.map(({ value }) => `${option.name}: ${value}`)
          : `${option.name}: ${option.parts.map(({ value }) => value).join('\n')}`,
      ),
  );
}

/** Values that conversions and defaults of the methods change. */
const computed: ReadonlySet<string> = new Set(
  [
    'address',
    'netmask',
    'broadcast',
    'hwaddress',
    'preferred-lifetime',
    'accept_ra',
    'hexaddress',
    'local',
    'autoconf',
  ].concat(['scope', 'dad-attempts', 'dad-interval', 'll-attempts', 'll-interval', 'request_prefix']),
);

export function readQuery({ stdout }: Answer): readonly string[] {
  const lines: string[] = [];
  for (const line of stdout.split('\n').slice(0, -1)) {
    if (/^[^:\s]*: /.test(line) || lines.length === 0) lines.push(line);
    else lines.push(`${lines.pop() ?? ''}\n${line}`);
  }
  return lines.filter((line) => !computed.has(line.slice(0, line.indexOf(':'))));
}

/** FILE:LINE of each file's first fault, as ifupdown counts lines: a continued one by its last. */
export function predictFaults(configuration: Configuration): readonly string[] {
  const first = new Map<string, string>();
  for (const { kind, place } of configuration.problems) {
    if (kind !== 'syntax' || first.has(place.source.path)) continue;
    const { line } = positionAt(place.source, endOfLine(place.source.text, place.span.end));
    first.set(place.source.path, `${place.source.path}:${line}`);
  }
  return [...first.values()].sort();
}

/** The end of the whole line that a place is in, continuations and all. */
function endOfLine(text: string, from: number): number {
  for (let at = from; ;) {
    const newline = text.indexOf('\n', at);
    if (newline < 0) return text.length;
    if (text[newline - 1] !== '\\') return newline;
    at = newline + 1;
  }
}

export function readFaults({ stderr }: Answer): readonly string[] {
  return [...stderr.matchAll(/^ifquery: (\S+:\d+): (?!extra parameter)/gm)]
    .map(([, place = '']) => place.replaceAll('/./', '/').replace(/\/+/g, '/'))
    .sort();
}

export function linkNames(): readonly string[] {
  return oracleLinks.map(({ name }) => name);
}

export type { ConfigFile };
