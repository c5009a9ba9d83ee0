/** YAML nodes as Python values: cloud-init's code asks for their truth, and prints what is no text as Python does. */
import type { YamlNode } from '../../text/yaml-tree.ts';
import type { PlacedValue } from '../claim.ts';

/** bool(value). A key that is missing is None. */
export function isTruthy(node: YamlNode | undefined): boolean {
  if (node === undefined) return false;
  if (node.kind === 'sequence') return node.items.length > 0;
  if (node.kind === 'map') return node.entries.length > 0;
  return node.value !== null && node.value !== false && node.value !== 0 && node.value !== '';
}

export function isText(node: YamlNode | undefined): boolean {
  return node?.kind === 'scalar' && typeof node.value === 'string';
}

export function isNone(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** str(value). */
export function pythonText(node: YamlNode): string {
  return node.kind === 'scalar' && typeof node.value === 'string' ? node.text : pythonRepr(node);
}

function pythonRepr(node: YamlNode): string {
  if (node.kind === 'sequence') return `[${node.items.map(pythonRepr).join(', ')}]`;
  if (node.kind === 'map')
    return `{${node.entries.map(({ key, value }) => `'${key}': ${pythonRepr(value)}`).join(', ')}}`;
  if (node.value === null) return 'None';
  if (typeof node.value === 'boolean') return node.value ? 'True' : 'False';
  return typeof node.value === 'string' ? `'${node.text}'` : node.text;
}

/** A value that counts only where it is true, as text. */
export function truthyValue(node: YamlNode | undefined): PlacedValue | null {
  return node !== undefined && isTruthy(node) ? { value: pythonText(node), place: node.place } : null;
}

/** A value that counts where it is not None, as text. */
export function anyValue(node: YamlNode | undefined): PlacedValue | null {
  return node === undefined || isNone(node) ? null : { value: pythonText(node), place: node.place };
}

/** util.is_true(): of a value that is not None. */
export function trueWord(node: YamlNode | undefined): PlacedValue | null {
  const value = anyValue(node);
  return value && { ...value, value: /^(?:true|1|on|yes)$/i.test(value.value.trim()) ? 'true' : 'false' };
}

/** What a loop over the value goes through: a text's letters, a mapping's keys. Null: there is no loop over it. */
export function iterate(node: YamlNode | undefined): readonly YamlNode[] | null {
  if (node === undefined) return null;
  if (node.kind === 'sequence') return node.items;
  const scalar = (text: string): YamlNode => ({ kind: 'scalar', value: text, text, place: node.place });
  if (node.kind === 'map') return node.entries.map(({ key }) => scalar(key));
  return typeof node.value === 'string' ? Array.from(node.text, scalar) : null;
}
