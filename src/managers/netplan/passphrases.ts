/** Passphrases of wpa_supplicant's, as networkd's renderer takes them (append_wpa_auth_conf() in src/networkd.c). */
import { encodeText } from '../../system/bytes.ts';
import { isAtLeast } from './version.ts';
import type { Place } from '../../text/source.ts';
import type { YamlNode } from '../../text/yaml-tree.ts';

/** Of an access point, or of a link with `auth:`. */
export function passphraseFault(
  node: YamlNode,
  version: string | undefined,
): { readonly place: Place; readonly message: string } | null {
  const found = passphraseOf(node, version);
  if (found === null) return null;
  const length = encodeText(found.text).length;
  if (length === 64 ? /^[\da-f]*$/i.test(found.text) : length >= 8 && length <= 63) return null;
  return {
    place: found.place,
    message: 'a passphrase of another length; expected 8 to 63 characters, or 64 hex digits',
  };
}

type Scalar = Extract<YamlNode, { kind: 'scalar' }>;

/** Where a shared key is what links agree by: `password:` of an access point says both. */
function passphraseOf(node: YamlNode, version: string | undefined): Scalar | null {
  if (node.kind !== 'map') return null;
  const hasOwn = isAtLeast(version, '1.0');
  let management = 'none';
  let shared: Scalar | null = null;
  let password: Scalar | null = null;
  for (const { key, value } of node.entries) {
    if (key === 'password' && value.kind === 'scalar') {
      if (!hasOwn || management === 'none') management = 'psk';
      if (hasOwn) shared = value;
      else password = value;
    }
    if (key !== 'auth' || value.kind !== 'map') continue;
    for (const entry of value.entries) {
      if (entry.value.kind !== 'scalar') continue;
      if (entry.key === 'key-management') management = entry.value.text;
      if (entry.key === 'password') password = entry.value;
    }
  }
  const isShared = management === 'psk' || (hasOwn && (management === 'psk-sha256' || management === 'sae'));
  return shared ?? (isShared ? password : null);
}
