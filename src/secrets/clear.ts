/**
 * Takes secrets out of configuration files: each is overwritten, character by character, so that everything else keeps
 * its place and the file says to a linter what it said before. What no judge of ours needs goes by its place (the other
 * files here); in what stays, a setting is a secret by its name.
 */
import { positionAt, type Span } from '../text/source.ts';
import { findYamlComments } from '../text/yaml-comments.ts';
import { parseYamlTree, type YamlNode } from '../text/yaml-tree.ts';
import { findByPlace } from './places.ts';
import type { Found } from './found.ts';

export interface Secret {
  readonly line: number;
  /** The setting's name, or what it is. */
  readonly what: string;
}

export interface Cleared {
  readonly text: string;
  readonly secrets: readonly Secret[];
}

/** `path`: as its daemon knows it, or its last parts. */
export function clearSecrets(path: string, text: string): Cleared {
  const found = [
    ...findByPlace(text, path),
    ...finders.filter(({ where }) => where.test(path)).flatMap(({ find }) => find(text, path)),
  ];
  const sorted = [...found].sort((a, b) => a.start - b.start || b.end - a.end);
  const source = { path, text };
  let cleared = '';
  let done = 0;
  const secrets = new Map<string, Secret>();
  for (const { start, end, what } of sorted) {
    const from = Math.max(start, done);
    if (from >= end) continue;
    const blank = blankOut(text.slice(from, end));
    if (blank === text.slice(from, end)) continue;
    cleared += text.slice(done, from) + blank;
    done = end;
    const { line } = positionAt(source, start);
    if (what !== 'a comment') secrets.set(`${line} ${what}`, { line, what });
  }
  return { text: cleared + text.slice(done), secrets: [...secrets.values()] };
}

/** Indentation, line ends, continuations, quotes and the header of a block scalar stay, so that the file parses as before. */
function blankOut(text: string): string {
  const [head, tail] = /^(["'])[^]*\1$/.test(text) && text.length > 1 ? [1, 1] : [0, 0];
  const header = /^[|>][-+0-9]*[ \t]*\n/.exec(text)?.[0].length ?? head;
  const inside = text.slice(header, text.length - tail);
  return text.slice(0, header) + placeholder(inside) + text.slice(text.length - tail);
}

/** As long, and of the form that its daemon checks: base 64 (the last character ends in bits that are 0), hex, an address. */
function placeholder(text: string): string {
  const base64 = /^[ \t]*[A-Za-z0-9+/]{15,}[A-Za-z0-9+/](={1,2})\s*$/.exec(text)?.[1];
  if (base64 !== undefined) return text.replace(/[^\s=](?=\s*=)/, 'A').replace(/[^\s=](?!\s*=)/g, 'x');
  if (/^[ \t]*(?:(?:[0-9a-f]{2}){8,}|[0-9a-f:]*:[0-9a-f]*:[0-9a-f:]*)\s*$/i.test(text))
    return text.replace(/[0-9a-f]/gi, 'f');
  // what looks like a comment behind a value goes on looking like one
  return text.replace(
    /(^[ \t]+|\\?\r?\n|[\udc80-\udcff]|[ \t][#;](?=[ \t]|[A-Za-z]))|./gm,
    (part: string, kept: string | undefined) => (kept === undefined ? 'x' : part),
  );
}

const secretName =
  /pass(?:w(?:or)?d|phrase|code)|secret|private[-_]?key|pre-?shared|(?:api|access|consumer|shared|wep|wpa|wireless)[-_]?key|ssh[-_]?(?:import|keys?)|authorized[-_]keys|(?:^|[-_])(?:psk|pin|pass|tokens?|credentials?|identity|username|cak)(?:$|[-_0-9])|^keys?\d*$/i;
/** A place where the secret is, how it is asked for, or that none is wanted (sudoers' NOPASSWD:). */
const harmlessName = /^no-?pass|(?:file|flags|hash|type|length)$/i;

function isSecret(name: string, value: string): boolean {
  if (!secretName.test(name) || harmlessName.test(name)) return false;
  const bare = value.trim().replace(/^(["'])(.*)\1$/, '$2');
  if (/^(?:|true|false|yes|no|on|off|null|~)$/i.test(bare)) return false;
  // networkd's and NetworkManager's Token= is the host part of an IPv6 address
  return !(/token$/i.test(name) && /^(?:eui64|static|prefixstable|[0-9a-f]*:[0-9a-f:.]*)/i.test(bare));
}

const yamlPath = /\.(?:ya?ml|json|cfg)$|\/network-config$|\/(?:user|vendor)-data(?:\.txt)?$/;

const finders: readonly {
  readonly where: RegExp;
  readonly find: (text: string, path: string) => readonly Found[];
}[] = [
  { where: /\/machine-id$/, find: (text) => [{ start: 0, end: text.trimEnd().length, what: 'the machine id' }] },
  { where: /\/(?:user|vendor)-data(?:\.txt)?$/, find: findInUserData },
  { where: /\/cloud\.cfg(?:\.d\/[^/]*)?$/, find: findInCloudConfig },
  { where: yamlPath, find: findInYaml },
  { where: /\.nmconnection$|\/system-connections\//, find: findInSecretSections },
  { where: /^(?!\/(?:sys|usr|lib|boot)\/)/, find: findSettingsByFormat },
  { where: /./, find: findEverywhere },
];

/** What tells itself, wherever it stands. */
const telling: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*-----|$)/g],
  ['a password in an address', /(?<=:\/\/|\biscsi:)[^\s/@:]+:[^\s/@]+(?=@)/g],
  ['a password of a program', /(?<=\s(?:-u|--(?:proxy-)?user)[ =]["']?)[^\s:"'-][^\s:"']*:[^\s"']+/g],
  ['a password of a program', /(?<=\bsshpass[ \t]+-p[ \t]*)[^\s"']+/g],
  ['a password of a program', /(?<=\bwpa_passphrase[ \t]+(?:"[^"\n]*"|'[^'\n]*'|[^\s"']+)[ \t]+)[^\s;|&]+/g],
  ['authtoken', /(?<=^[ \t]*authtoken[ \t]+)\S.*$/gm], // dhcpcd.conf(5)
  [
    'a key in the environment',
    /(?<=\b(?:TOKEN|[A-Z][A-Z_]*_KEY|cryptopass)\}?[ \t]*\+?={1,2}[ \t]*["']?)[^\s"',]{2,}/g,
  ],
  ['an authorization', /(?<=\bAuthorization:[ \t]*(?:[a-z]+[ \t]+)?)(?!(?:basic|bearer|digest|token)\s)[^\s"']+/gi],
];

/** Not by matchAll, which compiles the expression anew at each call. No match is empty. */
function findEverywhere(text: string): readonly Found[] {
  const found: Found[] = [];
  for (const [what, pattern] of telling) {
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text))
      found.push({ start: match.index, end: pattern.lastIndex, what });
  }
  return found;
}

/** In YAML a setting ends where its comment or its scalar does: what stands behind it, a bracket, makes the file's shape. */
function findSettingsByFormat(text: string, path: string): readonly Found[] {
  const found = findSettings(text, path);
  if (found.length === 0 || !yamlPath.test(path)) return found;
  const { root, faults } = parseYamlTree({ path, text });
  if (faults.length > 0) return found;
  const parts = [...findYamlComments(text), ...(root === null ? [] : scalarsOf(root, text))];
  return found.flatMap(({ start, end, what }) => {
    const part = parts.find((span) => span.start <= start && start < span.end);
    return part === undefined ? [] : { start, end: Math.min(end, part.end), what };
  });
}

/** What is written of each scalar, without quotes. */
function scalarsOf(node: YamlNode, text: string): readonly Span[] {
  if (node.kind === 'sequence') return node.items.flatMap((item) => scalarsOf(item, text));
  if (node.kind === 'map') return node.entries.flatMap(({ value }) => scalarsOf(value, text));
  const { start, end } = node.place.span;
  const quoted = /^["']/.test(text.slice(start, end)) ? 1 : 0;
  return [{ start: start + quoted, end: end - quoted }];
}

const wholeLine = /^(?:\\\n|[^\n])*/;
const oneWord = /^(?:"[^"\n]*"|'[^'\n]*'|[^\s,;}\]]*)/;
/** The quotes are the rule's own: a command stands in them. */
const inRule = /^(?:'[^'"\n]*'|[^\s,;}\]"]*)/;

/** `name: value`, `name=value`; after `--`, and in ifupdown's and dhclient's files, also `name value`. */
function findSettings(text: string, path: string): readonly Found[] {
  const isRules = path.endsWith('.rules');
  const blanksSeparate = /(?:^|\/)(?:network|dhcp)\/|(?:^|\/)interfaces(?:\.d\/[^/]*)?$/.test(path);
  return [...text.matchAll(/[A-Za-z][\w-]*/g)].flatMap(({ 0: name, index }) => {
    if (!secretName.test(name)) return [];
    const lineStart = text.lastIndexOf('\n', index) + 1;
    const before = text.slice(lineStart, index);
    const first = /^[\s#;'"-]*$/.test(before);
    const rest = text.slice(index + name.length);
    const isOption =
      first ||
      (!/^\s*#/.test(before) && /^(?:pre-?shared-|private-)?key$|^secret$|^p(?:sk|ass(?:word|phrase)?)$/.test(name));
    const bySpace = before.endsWith('--') || (blanksSeparate && isOption);
    const separator = (bySpace ? /^["']?(?:[ \t]*[:=][ \t]*|[ \t]+)/ : /^["']?[ \t]*[:=][ \t]*/).exec(rest)?.[0];
    if (separator === undefined) return [];
    const after = rest.slice(separator.length);
    const value = (first ? wholeLine : isRules ? inRule : oneWord).exec(after)?.[0] ?? '';
    const start = index + name.length + separator.length;
    // what is indented deeper on the lines below belongs to it, in YAML
    const below = first && separator.includes(':') ? nestedBelow(after.slice(value.length), before.length) : 0;
    if (below === 0 && !isSecret(name, value)) return [];
    const parts = value === '' || /^[|>]/.test(value) ? [] : [{ start, end: start + value.length, what: name }];
    const from = start + value.length;
    return harmlessName.test(name) ? [] : parts.concat({ start: from, end: from + below, what: name });
  });
}

function nestedBelow(text: string, indent: number): number {
  const lines = /^(?:\n(?:[ \t]*(?=\n|$)|[ \t]+[^\n]*))*/.exec(text)?.[0] ?? '';
  let length = 0;
  for (const line of lines.split('\n').slice(1)) {
    const depth = line.length - line.trimStart().length;
    if (line.trim() !== '' && depth <= indent) break;
    if (/^[ \t]*(?:- +)?["']?[\w-]+["']?[ \t]*:(?:[ \t]|$)/.test(line)) return 0; // a map: its keys speak for themselves
    length += line.length + 1;
  }
  return length;
}

/** NetworkManager's [vpn-secrets], whose keys are each plug-in's own. */
function findInSecretSections(text: string): readonly Found[] {
  return [...text.matchAll(/^\[[^\]\n]*secrets[^\]\n]*\]\n((?:(?!\[)[^\n]*\n?)*)/gm)].flatMap((section) => {
    const from = section.index + section[0].length - (section[1] ?? '').length;
    return [...(section[1] ?? '').matchAll(/^([^=#\n]+)=(.*)$/gm)].map(
      ({ 0: line, 1: name = '', 2: value = '', index }) => ({
        start: from + index + line.length - value.length,
        end: from + index + line.length,
        what: name,
      }),
    );
  });
}

function findInYaml(text: string, path: string): readonly Found[] {
  const { root } = parseYamlTree({ path, text });
  return root === null ? [] : secretsBelow(root, null);
}

/** `name`: the secret that it is a part of. */
function secretsBelow(node: YamlNode, name: string | null): readonly Found[] {
  if (node.kind === 'sequence') return node.items.flatMap((item) => secretsBelow(item, name));
  if (node.kind === 'map') {
    return node.entries.flatMap(({ key, value }) => {
      const word = value.kind === 'scalar' ? value.text : 'x';
      return secretsBelow(value, isSecret(key, word) ? key : name);
    });
  }
  if (name === null || node.value === null || typeof node.value === 'boolean') return [];
  return [{ ...node.place.span, what: name }];
}

/** What of a cloud-config decides about the network, or about whether cloud-init configures it. */
const kept = new Set(
  'network datasource_list updates disable_network_activation preserve_hostname manage_etc_hosts'.split(' '),
);

function findInCloudConfig(text: string, path: string): readonly Found[] {
  const { root } = parseYamlTree({ path, text });
  if (root?.kind !== 'map') return [];
  return root.entries.flatMap(({ key, value }) => {
    // of what is built into an image only the renderers are about links
    if (key === 'system_info' && value.kind === 'map')
      return value.entries.flatMap((entry) => (entry.key === 'network' ? [] : secretsBelow(entry.value, entry.key)));
    return kept.has(key) || /^cloud_[a-z]+_modules$/.test(key) ? [] : secretsBelow(value, key);
  });
}

/** User data may be anything (a script, MIME parts): all of it goes but a cloud-config's network part. */
function findInUserData(text: string, path: string): readonly Found[] {
  if (/^#cloud-config[ \t]*$/m.test(text.slice(0, 200))) {
    const { root } = parseYamlTree({ path, text });
    if (root?.kind === 'map') return findInCloudConfig(text, path);
  }
  const start = text.indexOf('\n') + 1;
  return start === 0 ? [] : [{ start, end: text.length, what: 'user data' }];
}
