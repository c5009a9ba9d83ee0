/**
 * Ignition's JSON (config spec 2.x and 3.x; `ignition.version`), a MachineConfig of OpenShift around it, and Butane's YAML, which
 * is translated to it. Files, links, networkd units of spec 2 and kernel arguments are taken out; everything else is no network.
 */
import { entryOf, parseYamlTree, valueOf, type YamlNode, type YamlScalar } from '../../text/yaml-tree.ts';
import type { Source } from '../../text/source.ts';
import { itemsOf, textOf, type Cargo, type CarrierFormat, type Closed, type Load } from './carrier.ts';
import { plainContents, unpackUrl, type Unpacked } from './contents.ts';
import { offsetsOfScalar } from './scalar-offsets.ts';

export const ignition: CarrierFormat = {
  title: 'an Ignition configuration',
  isCarrier: (path, text) => path.endsWith('.ign') || (/^\s*\{/.test(text) && isIgnition(text)),
  read: (source) => {
    const root = parse(source);
    return root === null ? null : readSpec(root);
  },
};

export const machineConfig: CarrierFormat = {
  title: 'a MachineConfig of OpenShift',
  isCarrier: (_, text) => /^kind:[ \t]*MachineConfig[ \t]*$/m.test(text) && /^spec:/m.test(text),
  read: (source) => {
    const spec = valueOf(parse(source), 'spec');
    if (spec === undefined) return null;
    const config = valueOf(spec, 'config');
    const { loads, closed } = config === undefined ? { loads: [], closed: [] } : readSpec(config);
    return { loads: [...loads, ...kernelArguments(valueOf(spec, 'kernelArguments'))], closed };
  },
};

export const butane: CarrierFormat = {
  title: 'a Butane configuration',
  isCarrier: (path, text) =>
    path.endsWith('.bu') ||
    (/^variant:[ \t]*(?:fcos|flatcar|openshift|r4e|fiot)\b/m.test(text) && /^version:/m.test(text)),
  read: (source) => {
    const root = parse(source);
    return root === null ? null : readSpec(root);
  },
};

/** Container Linux's configuration, before Butane: a `networkd` section, or files with `filesystem`. */
export const containerLinux: CarrierFormat = {
  title: 'a Container Linux configuration',
  isCarrier: (path, text) =>
    /\.ya?ml$/.test(path) && /^networkd:[ \t]*\n[ \t]+units:/m.test(text) && !/^network:/m.test(text),
  read: butane.read,
};

function isIgnition(text: string): boolean {
  return /"ignition"\s*:\s*\{[^{}]*"version"\s*:\s*"[23]\./.test(text);
}

/** YAML forbids tabs to indent by, JSON allows them: a blank has the same width. */
function parse({ path, text }: Source): YamlNode | null {
  const { root, faults } = parseYamlTree({ path, text: text.replace(/^\t+/gm, (tabs) => ' '.repeat(tabs.length)) });
  return faults.length > 0 || root?.kind !== 'map' ? null : root;
}

function readSpec(root: YamlNode): Cargo {
  const storage = valueOf(root, 'storage');
  const files = itemsOf(valueOf(storage, 'files')).map((file) => readFile(file));
  const units = [valueOf(valueOf(root, 'networkd'), 'units')].flatMap(itemsOf).flatMap((unit) => readUnit(unit));
  const shell = valueOf(root, 'kernelArguments') ?? valueOf(root, 'kernel_arguments');
  const wanted = valueOf(shell, 'shouldExist') ?? valueOf(shell, 'should_exist');
  const openshift = valueOf(valueOf(root, 'openshift'), 'kernel_arguments');
  return {
    loads: [
      ...files.flatMap(({ loads }) => loads),
      ...itemsOf(valueOf(storage, 'links')).flatMap((link) => readLink(link)),
      ...units,
      ...kernelArguments(wanted),
      ...kernelArguments(openshift),
    ],
    closed: [...files.flatMap(({ closed }) => closed), ...findReferences(root)],
  };
}

function readFile(node: YamlNode): Cargo {
  const path = valueOf(node, 'path');
  const name = textOf(path);
  if (path === undefined || name === null) return { loads: [], closed: [] };
  const contents = valueOf(node, 'contents');
  const parts = [...(contents === undefined ? [] : [contents]), ...itemsOf(valueOf(node, 'append'))];
  const owned = { path: name, place: path.place, ...ownership(node) };
  return { loads: parts.map((part) => Object.assign({ contents: unpack(part) }, owned)), closed: [] };
}

/** Octal in Butane (0600), decimal in Ignition (384): both are numbers by then. Without one it is 0644. */
function ownership(node: YamlNode): Pick<Load, 'mode' | 'uid'> {
  const mode = valueOf(node, 'mode');
  const user = valueOf(valueOf(node, 'user'), 'id');
  return {
    mode: mode?.kind === 'scalar' && typeof mode.value === 'number' ? mode.value : 0o644,
    uid: user?.kind === 'scalar' && typeof user.value === 'number' ? user.value : 0,
  };
}

function unpack(contents: YamlNode): Unpacked {
  const inline = valueOf(contents, 'inline') ?? (contents.kind === 'scalar' ? contents : undefined);
  if (inline?.kind === 'scalar') return plainContents(inline.text, offsetsOfScalar(inline));
  const local = textOf(valueOf(contents, 'local'));
  if (local !== null) return { why: `its contents are in the local file '${local}'` };
  const source = valueOf(contents, 'source') ?? valueOf(valueOf(contents, 'remote'), 'url');
  if (source?.kind !== 'scalar' || source.value === null) return plainContents('', null);
  return unpackUrl(source.text, offsetsOfScalar(source), textOf(valueOf(contents, 'compression')));
}

function readLink(node: YamlNode): readonly Load[] {
  const path = valueOf(node, 'path');
  const name = textOf(path);
  const target = textOf(valueOf(node, 'target'));
  if (path === undefined || name === null || target === null) return [];
  const contents: Unpacked = target === '/dev/null' ? plainContents('', null) : { why: `it is a link to '${target}'` };
  return [{ path: name, place: path.place, contents, mode: null, uid: 0, target }];
}

function readUnit(node: YamlNode): readonly Load[] {
  const name = valueOf(node, 'name');
  const label = textOf(name);
  if (name === undefined || label === null) return [];
  const load = (path: string, text: YamlNode | undefined): readonly Load[] =>
    text?.kind === 'scalar' && text.value !== null
      ? [{ path, place: name.place, contents: plainContents(text.text, offsetsOfScalar(text)), mode: 0o644, uid: 0 }]
      : [];
  const folder = `/etc/systemd/network/${label}`;
  return [
    ...load(folder, valueOf(node, 'contents')),
    ...itemsOf(valueOf(node, 'dropins')).flatMap((dropIn) =>
      load(`${folder}.d/${textOf(valueOf(dropIn, 'name')) ?? ''}`, valueOf(dropIn, 'contents')),
    ),
  ];
}

/** Arguments of the kernel are taken for what kernel-install(8) would read. */
export const commandLine = '/etc/kernel/cmdline';

function kernelArguments(list: YamlNode | undefined): readonly Load[] {
  return itemsOf(list)
    .filter((item): item is YamlScalar => item.kind === 'scalar')
    .map((item) => ({
      path: commandLine,
      place: item.place,
      contents: plainContents(item.text, offsetsOfScalar(item)),
      mode: null,
      uid: null,
    }));
}

/** Other configurations and trees that are merged in. */
function findReferences(root: YamlNode): readonly Closed[] {
  const config = valueOf(valueOf(root, 'ignition'), 'config');
  const merged = [...itemsOf(valueOf(config, 'merge')), ...itemsOf(valueOf(config, 'append'))];
  const replaced = valueOf(config, 'replace');
  const others = [...merged, ...(replaced === undefined ? [] : [replaced])].flatMap((node): readonly Closed[] => {
    const from = entryOf(node, 'source') ?? entryOf(node, 'local');
    const name = textOf(from?.value);
    return from === undefined || name === null
      ? []
      : [{ place: from.value.place, why: `another configuration is merged from '${name.slice(0, 80)}'` }];
  });
  const trees = itemsOf(valueOf(valueOf(root, 'storage'), 'trees')).map((tree) => ({
    place: tree.place,
    why: `a tree is copied from '${textOf(valueOf(tree, 'local')) ?? ''}'`,
  }));
  return [...others, ...trees];
}
