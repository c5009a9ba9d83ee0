/** Takes out of Ignition, Butane and user data the files that they carry, so that each is judged where it will lie. */
import { describePlace, type CarriedText, type Source } from '../../text/source.ts';
import { bootGlobs } from '../../topology/boot-options.ts';
import type { ConfigFile } from '../../managers/claim.ts';
import type { Contents } from './contents.ts';
import { makeFile, type Cargo, type CarrierFormat, type Load } from './carrier.ts';
import { cloudConfig } from './cloud-config.ts';
import { userDataParts } from './user-data-parts.ts';
import { butane, commandLine, containerLinux, ignition, machineConfig } from './ignition.ts';

const formats: readonly CarrierFormat[] = [userDataParts, cloudConfig, ignition, machineConfig, butane, containerLinux];

export interface Unpacked {
  readonly files: readonly ConfigFile[];
  /** It is configuration of a manager itself. */
  readonly isConfiguration: boolean;
  /** `path`: "PATH:LINE:COLUMN". */
  readonly unread: readonly { readonly path: string; readonly why: string; readonly isMinor: boolean }[];
}

/** Null: it carries nothing. */
export function unpackCarrier({ path, source: { path: name, text } }: ConfigFile): Unpacked | null {
  const format = formats.find((one) => one.isCarrier(path, text));
  if (format === undefined) return null;
  const carries: CarriedText[] = [];
  const outer: Source = { path: name, text, carries };
  const cargo = format.read(outer);
  const isConfiguration = format.isConfiguration === true;
  if (cargo === null)
    return { files: [], isConfiguration, unread: [tell(name, `${format.title}, which cannot be parsed`, false)] };
  const { files, unread } = open(format, outer, cargo, carries);
  const nothing = files.length === 0 && unread.every(({ isMinor }) => isMinor) && !isConfiguration;
  return {
    files,
    isConfiguration,
    unread: nothing
      ? [...unread, tell(name, `${format.title}, which carries no configuration of a network manager`, false)]
      : unread,
  };
}

function tell(path: string, why: string, isMinor: boolean): Unpacked['unread'][number] {
  return { path, why, isMinor };
}

function open(
  { title }: CarrierFormat,
  outer: Source,
  { loads, closed }: Cargo,
  carries: CarriedText[],
): Pick<Unpacked, 'files' | 'unread'> {
  const unread = closed.map(({ place, why, minor }) => tell(describePlace(place), why, minor === true));
  const parts = new Map<string, { readonly first: Load; contents: Contents }>();
  for (const load of loads) {
    const { path, contents } = load;
    if (!isOfNetwork(path)) continue;
    if ('why' in contents) {
      unread.push(tell(describePlace(load.place), `'${path}' is not read: ${contents.why}`, false));
      continue;
    }
    const before = parts.get(path);
    if (before === undefined) parts.set(path, { first: load, contents });
    else before.contents = join(before.contents, contents, path === commandLine ? ' ' : '');
  }
  const files = [...parts.values()].map(({ first, contents }) => makeFile(title, outer, first, contents, carries));
  return { files, unread };
}

/** What is appended; or the next argument. */
function join(one: Contents, other: Contents, between: '' | ' '): Contents {
  const text = one.text + between + other.text;
  if (one.offsets === null || other.offsets === null) return { text, offsets: null };
  const end = between === '' ? one.offsets.slice(0, -1) : one.offsets;
  return { text, offsets: [...end, ...other.offsets] };
}

/** Folders of network managers, and what the initramfs is told by. */
function isOfNetwork(path: Load['path']): boolean {
  return (
    networkPath.test(path) ||
    bootGlobs.includes(path) ||
    /^\/etc\/(?:cmdline\.d|dracut\.conf\.d|default\/grub\.d)\//.test(path)
  );
}

const networkPath =
  /^\/(?:etc|run|usr\/local\/lib|usr\/lib|lib|var\/lib)\/(?:systemd\/network\/|netplan\/|network\/|NetworkManager\/|udev\/rules\.d\/|cloud\/|connman\/|dhcpcd\.conf|sysconfig\/network|systemd\/system\/(?:multi-user\.target\.wants\/)?dhcpcd)/;
