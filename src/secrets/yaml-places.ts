/** What nobody of us needs in netplan's YAML, and in network configurations of cloud-init. */
import { definitionKeys, networkKeys } from '../managers/netplan/keys.ts';
import type { Form, Keys } from '../managers/netplan/forms.ts';
import { findYamlComments } from '../text/yaml-comments.ts';
import { parseYamlTree, type YamlNode } from '../text/yaml-tree.ts';
import { isKeptComment } from './line-places.ts';
import type { Found } from './found.ts';

const known: ReadonlySet<string> = new Set([
  'network',
  ...namesOf(networkKeys),
  ...Object.keys(definitionKeys),
  ...Object.values(definitionKeys).flatMap((keys) => namesOf(keys)),
]);

function namesOf(keys: Keys): readonly string[] {
  return Object.entries(keys).flatMap(([name, form]) => [name].concat(namesIn(form)));
}

function namesIn(form: Form): readonly string[] {
  if (form.kind === 'map' || form.kind === 'openvswitch') return namesOf(form.keys);
  if (form.kind === 'either') return form.forms.flatMap((one) => namesIn(one));
  return form.kind === 'open' || form.kind === 'sequence' ? namesIn(form.of) : [];
}

/** Below these keys only the named ones are needed: netplan refuses a file for a wrong choice, and never for a wrong key. */
const places: Readonly<Record<string, RegExp>> = {
  'access-points': /^(?:mode|band|channel|bssid|hidden|addresses|key-management|method|phase2-auth)$/,
  auth: /^(?:key-management|method|phase2-auth)$/,
  passthrough: /^(?:connection|ipv[46]|match|ethernet|802-3-ethernet)\.|^(?:type|interface-name|mac-address)$/,
  keys: /^public$/,
  ssl: /^$/,
};
const modemKeys = new Set([
  'apn',
  'number',
  'pin',
  'password',
  'username',
  'sim-id',
  'sim-operator-id',
  'network-id',
  'device-id',
]);

/** `isNetplan`: a key that netplan does not know is its fault, whatever its value. */
export function findInNetworkYaml(text: string, path: string, isNetplan: boolean): readonly Found[] {
  const { root } = parseYamlTree({ path, text });
  const below = (node: YamlNode, needed: RegExp | null, key: string): readonly Found[] => {
    if (node.kind === 'sequence') return node.items.flatMap((item) => below(item, needed, key));
    if (node.kind === 'map') {
      return node.entries.flatMap((entry) => below(entry.value, places[entry.key] ?? needed, entry.key));
    }
    const isUnknown = isNetplan && needed === null && !known.has(key);
    if (node.value === null || typeof node.value === 'boolean') return [];
    const isHidden = needed === null ? isUnknown || modemKeys.has(key) : !needed.test(key);
    return isHidden ? [{ ...node.place.span, what: key }] : [];
  };
  const comments = findYamlComments(text).flatMap(({ start, end }) => {
    const comment = text.slice(start, end);
    return isKeptComment(comment) ? [] : [{ start: start + 1, end, what: 'a comment' }];
  });
  return [...(root === null ? [] : below(root, null, '')), ...comments];
}
