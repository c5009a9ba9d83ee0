/**
 * cloud-init's user and vendor data: what `write_files` writes (cc_write_files.py). It is there from the first boot on, before the
 * network only where the datasource is local.
 */
import { parseYamlTree, valueOf, type YamlNode } from '../../text/yaml-tree.ts';
import { isAutoinstall, readAutoinstall } from './autoinstall.ts';
import { itemsOf, textOf, type CarrierFormat, type Closed, type Load } from './carrier.ts';
import { plainContents, unpackBase64, unpackUrl, type Unpacked } from './contents.ts';
import { offsetsOfScalar } from './scalar-offsets.ts';

export const cloudConfig: CarrierFormat = {
  title: 'user data of cloud-init',
  isCarrier: (_, text) =>
    (/^#cloud-config[ \t]*$/m.test(text.slice(0, 200)) && /^write_files[ \t]*:/m.test(text)) || isAutoinstall(text),
  isConfiguration: true,
  read: (source) => {
    const { root, faults } = parseYamlTree(source);
    if (faults.length > 0 || root?.kind !== 'map') return { loads: [], closed: [] }; // cloud-init's reader says so
    const entries = itemsOf(valueOf(root, 'write_files'));
    const loads = entries.flatMap((entry) => readEntry(entry));
    return { loads: [...loads, ...readAutoinstall(root)], closed: findCommands(root) };
  },
};

function readEntry(node: YamlNode): readonly Load[] {
  const path = valueOf(node, 'path');
  const name = textOf(path);
  if (path === undefined || name === null) return [];
  const mode = /^0?o?([0-7]{3,4})$/.exec(textOf(valueOf(node, 'permissions')) ?? '')?.[1];
  const owner = textOf(valueOf(node, 'owner')) ?? 'root:root';
  return [
    {
      path: name,
      place: path.place,
      contents: unpack(node),
      mode: mode === undefined ? 0o644 : Number.parseInt(mode, 8),
      uid: /^(?:root|0)(?:[:.]|$)/.test(owner) ? 0 : null,
    },
  ];
}

/** The words that extract_contents() knows. */
function unpack(node: YamlNode): Unpacked {
  const content = valueOf(node, 'content');
  const encoding = (textOf(valueOf(node, 'encoding')) ?? '').toLowerCase().trim();
  const remote = textOf(valueOf(valueOf(node, 'source'), 'uri'));
  if (content?.kind !== 'scalar') return remote === null ? plainContents('', null) : unpackUrl(remote, null, null);
  // !!binary is bytes to PyYAML, written in base 64
  if (content.value === null && !/^(?:~|null|)$/i.test(content.text))
    return unpackBase64(content.text, ['gz', 'gzip'].includes(encoding));
  if (content.value === null) return plainContents('', null);
  if (['gz+base64', 'gzip+base64', 'gz+b64', 'gzip+b64'].includes(encoding)) return unpackBase64(content.text, true);
  if (['b64', 'base64'].includes(encoding)) return unpackBase64(content.text, false);
  if (['gz', 'gzip'].includes(encoding)) return { why: 'it is gzip in YAML without !!binary' };
  return plainContents(content.text, offsetsOfScalar(content));
}

/** Of commands: they write or run what configures links. */
export const isTelling =
  /\/etc\/(?:netplan|systemd\/network|network\/interfaces|NetworkManager|connman|sysconfig\/network)|\b(?:nmcli|netplan (?:set|apply)|dhclient|dhcpcd|udhcpc|connmanctl)\b/;

function findCommands(root: YamlNode): readonly Closed[] {
  const scalarsOf = (node: YamlNode | undefined): readonly YamlNode[] =>
    node?.kind === 'scalar' ? [node] : itemsOf(node).flatMap(scalarsOf);
  return ['bootcmd', 'runcmd'].flatMap((key) =>
    itemsOf(valueOf(root, key)).flatMap((command): readonly Closed[] => {
      const text = scalarsOf(command)
        .map((node) => textOf(node) ?? '')
        .join(' ');
      const [word] = isTelling.exec(text) ?? [];
      return word === undefined
        ? []
        : [{ place: command.place, why: `a command of ${key} has to do with '${word}'`, minor: true }];
    }),
  );
}
