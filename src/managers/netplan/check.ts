/** Holds YAML against the keys and forms that netplan takes (process_mapping() and the handlers of src/parse.c). */
import { isIPv6, parseAddress } from '../../text/address.ts';
import {
  definitionKeys,
  networkKeys,
  newerKeys,
  type DefinitionKind,
  type Form,
  type Keys,
  type Scalar,
} from './keys.ts';
import { isAtLeast } from './version.ts';
import type { Place } from '../../text/source.ts';
import type { YamlEntry, YamlNode } from '../../text/yaml-tree.ts';
import type { Problem } from '../claim.ts';

export const rejected = 'netplan rejects the whole configuration, and writes nothing for any link';

export type Report = (kind: Problem['kind'], place: Place, message: string) => void;

interface Checking {
  readonly report: Report;
  readonly version: string | undefined;
}

/** A file's tree: `network:` and what is below it. */
export function checkFile(root: YamlNode, checking: Checking): void {
  if (root.kind !== 'map') {
    // An empty document is nothing; anything else must be a mapping (process_document).
    if (root.kind === 'sequence' || root.text !== '') wrongForm(root, 'a mapping', checking);
    return;
  }
  for (const { key, keyPlace, value } of root.entries) {
    if (key !== 'network') checking.report('unknown-key', keyPlace, `unknown key "${key}"; expected network:`);
    else if (value.kind !== 'map') wrongForm(value, 'a mapping', checking);
    else for (const entry of value.entries) checkNetwork(entry, checking);
  }
}

function checkNetwork({ key, keyPlace, value }: YamlEntry, checking: Checking): void {
  const own = networkKeys[key];
  if (own !== undefined) {
    checkForm(value, own, checking);
    return;
  }
  const keys = isKind(key) ? definitionKeys[key] : undefined;
  if (keys === undefined || !isKnown(key, checking)) {
    const known = Object.keys({ ...networkKeys, ...definitionKeys }).join(', ');
    checking.report('unknown-key', keyPlace, `unknown key "${key}" in network:; expected one of ${known}`);
  } else if (value.kind !== 'map') wrongForm(value, 'a mapping of definitions', checking);
  else for (const definition of value.entries) checkDefinition(definition, keys, checking);
}

export function isKind(key: string): key is DefinitionKind {
  return Object.hasOwn(definitionKeys, key);
}

function isKnown(key: string, { version }: Checking): boolean {
  return isAtLeast(version, newerKeys[key] ?? '0');
}

function checkDefinition({ key, keyPlace, value }: YamlEntry, keys: Keys, checking: Checking): void {
  if (key === 'renderer') {
    checkForm(value, { kind: 'scalar', of: 'renderer' }, checking);
    return;
  }
  // assert_valid_id() and handle_network_type()
  if (/[*[\]?]/.test(key)) {
    const message = `ID "${key}" is a glob; expected a plain name, with the glob in match: {name: …}`;
    checking.report('bad-value', keyPlace, message);
  }
  checkScalar(key, keyPlace, 'name', [], checking);
  if (value.kind !== 'map') wrongForm(value, 'a mapping', checking);
  else checkMap(value.entries, keys, checking);
}

function checkMap(entries: readonly YamlEntry[], keys: Keys, checking: Checking): void {
  for (const { key, keyPlace, value } of entries) {
    const form = Object.hasOwn(keys, key) && isKnown(key, checking) ? keys[key] : undefined;
    if (form === undefined) {
      const near = Object.keys(keys).find((other) => other.replaceAll('-', '') === key.replaceAll(/[-_]/g, ''));
      const expected = near === undefined ? '' : `; expected "${near}"`;
      checking.report('unknown-key', keyPlace, `unknown key "${key}"${expected}`);
    } else checkForm(value, form, checking);
  }
}

function checkForm(node: YamlNode, form: Form, checking: Checking): void {
  switch (form.kind) {
    case 'any':
      return;
    case 'scalar':
      if (node.kind !== 'scalar') wrongForm(node, 'a single value', checking);
      else
        checkScalar(
          form.anyCase ? node.text.toLowerCase() : node.text,
          node.place,
          form.of,
          form.words ?? [],
          checking,
        );
      return;
    case 'sequence':
      if (node.kind !== 'sequence') wrongForm(node, 'a list', checking);
      else for (const item of node.items) checkForm(item, form.of, checking);
      return;
    case 'map':
      if (node.kind !== 'map') wrongForm(node, 'a mapping', checking);
      else checkMap(node.entries, form.keys, checking);
      return;
    case 'open':
      if (node.kind !== 'map') wrongForm(node, 'a mapping', checking);
      else
        for (const { key, keyPlace, value } of node.entries) {
          checkScalar(key, keyPlace, form.key, [], checking);
          checkForm(value, form.of, checking);
        }
      return;
    case 'either':
      checkEither(node, form.forms, checking);
  }
}

/** The form that has the node's own shape counts. */
function checkEither(node: YamlNode, forms: readonly Form[], checking: Checking): void {
  const shapes: Readonly<Record<Form['kind'], YamlNode['kind'] | null>> = {
    scalar: 'scalar',
    sequence: 'sequence',
    map: 'map',
    open: 'map',
    either: null,
    any: null,
  };
  const form = forms.find(({ kind }) => shapes[kind] === node.kind);
  if (form === undefined) wrongForm(node, 'a value of another form', checking);
  else checkForm(node, form, checking);
}

function wrongForm(node: YamlNode, expected: string, { report }: Checking): void {
  const found = { map: 'a mapping', sequence: 'a list', scalar: 'a single value' }[node.kind];
  report('bad-value', node.place, `${found}; expected ${expected}`);
}

const expectations: Readonly<
  Record<Exclude<Scalar, 'text' | 'word'>, { test: (text: string) => boolean; words: string }>
> = {
  name: { test: (text) => isName(text), words: 'a name without blanks' },
  ip: { test: (text) => isAddress(text), words: 'an IP address' },
  bool: { test: (text) => isBool(text), words: 'true or false' },
  uint: { test: (text) => /^\s*\+?\d+$/.test(text) && Number(text) <= 0xffffffff, words: 'a whole number' },
  mac: {
    test: (text) => /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}(?:(?::[0-9a-f]{2}){14})?$/i.test(text),
    words: 'a MAC, XX:XX:XX:XX:XX:XX',
  },
  renderer: { test: (text) => text === 'networkd' || text === 'NetworkManager', words: 'networkd or NetworkManager' },
  version: { test: (text) => Number.parseInt(text, 10) === 2, words: '2' },
  ip4: { test: (text) => isAddress(text) && !isIPv6(text), words: 'an IPv4 address' },
  ip6: { test: (text) => isAddress(text) && isIPv6(text), words: 'an IPv6 address' },
  domains: { test: (text) => isBool(text) || /^route$/i.test(text), words: 'true, false or route' },
  network: { test: (text) => isNetwork(text), words: 'an address with a prefix length, 192.0.2.5/24' },
};

/** For network managers' own MAC policies, since netplan 1.1. */
const macPolicies: ReadonlySet<string> = new Set(['permanent', 'random', 'stable', 'preserve', 'stable-ssid']);

function checkScalar(
  text: string,
  place: Place,
  of: Scalar,
  words: readonly string[],
  { report, version }: Checking,
): void {
  if (of === 'text') return;
  if (of === 'word') {
    if (!words.includes(text)) report('bad-value', place, `"${text}"; expected ${words.join(' or ')}`);
    return;
  }
  if (of === 'mac' && macPolicies.has(text) && isAtLeast(version, '1.1')) return;
  const { test, words: expected } = expectations[of];
  if (!test(text)) report('bad-value', place, `"${text}"; expected ${expected}`);
}

/** assert_valid_id(), in the C locale. */
function isName(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

const yes = /^(?:true|on|yes|y)$/i;
const no = /^(?:false|off|no|n)$/i;

export function isBool(text: string): boolean {
  return yes.test(text) || no.test(text);
}

export function isTrue(node: YamlNode | undefined): boolean {
  return node?.kind === 'scalar' && yes.test(node.text);
}

function isNetwork(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d+$/.test(length) || !isAddress(address)) return false;
  return Number(length) <= (isIPv6(address) ? 128 : 32);
}

function isAddress(text: string): boolean {
  return parseAddress(text) !== null;
}
