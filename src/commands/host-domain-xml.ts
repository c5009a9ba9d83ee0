/** `failoverctl host domain-xml`: the interface pair of a failover guest, by itself or put into a domain. */
import { readDomain } from '../hypervisor/domain.ts';
import {
  patchDomain,
  renderPair,
  renderSysinfo,
  smbiosElement,
  type OemString,
  type PairRequest,
} from '../hypervisor/domain-xml.ts';
import { editText } from '../findings/apply-fixes.ts';
import { encodeOemString, renderCredentials } from '../managers/credentials.ts';
import { isFailure, type System } from '../system/system.ts';
import { printable } from '../report/table.ts';
import { positionAt } from '../text/source.ts';
import { hasNoCharacter } from '../text/xml-characters.ts';
import { CommandError, defineCommand, exitStatus, explainFailure, parseArguments } from './command.ts';
import { readCount, readLinkName, readMac, readPciAddress } from './host-options.ts';

interface DomainXmlOptions {
  readonly mac: string;
  readonly bridge?: string;
  readonly network?: string;
  readonly vf?: string;
  readonly vfPool?: string;
  readonly alias: string;
  readonly tap?: string;
  readonly linkDown?: true;
  readonly queues?: string;
  readonly patch?: string;
  readonly withCredentials?: true;
}

export function run(args: readonly string[], system: System): number {
  const { options } = parseArguments<DomainXmlOptions>(define(), args, system);
  const request = readRequest(options);
  const strings = options.withCredentials === true ? renderCredentials(guestOf(request)).map(encodeOemString) : [];
  system.out(
    options.patch === undefined ? renderParts(request, strings) : patchFile(options.patch, request, strings, system),
  );
  return exitStatus.clean;
}

/** The guest as its guard needs to know it: by the MAC that the pair has. */
function guestOf({ mac }: PairRequest): Parameters<typeof renderCredentials>[0] {
  const command = `failoverctl host domain-xml --with-credentials --mac ${mac}`;
  return { masters: [{ kind: 'net_failover', name: '', mac }], command };
}

/** Each part with the element that it goes into, where there are several. */
function renderParts(request: PairRequest, strings: readonly OemString[]): string {
  const pair = renderPair(request);
  if (strings.length === 0) return pair;
  return `<!-- into <devices> -->\n${pair}<!-- into <os> -->\n${smbiosElement}<!-- into <domain> -->\n${renderSysinfo(strings)}`;
}

function readRequest(options: DomainXmlOptions): PairRequest {
  const { bridge, network, vf, vfPool, alias, tap, queues } = options;
  if ((bridge === undefined) === (network === undefined)) {
    throw new CommandError('expected one of --bridge and --network for the virtio NIC', exitStatus.usage);
  }
  if ((vf === undefined) === (vfPool === undefined)) {
    throw new CommandError('expected one of --vf and --vf-pool for the VF', exitStatus.usage);
  }
  if (!/^ua-[-A-Za-z0-9_]+$/.test(alias)) {
    throw new CommandError(
      `--alias: '${alias}' would be dropped by libvirt: expected 'ua-' and then letters, digits, '-' or '_'`,
      exitStatus.usage,
    );
  }
  return {
    mac: readMac(options.mac, '--mac'),
    source:
      bridge === undefined
        ? { kind: 'network', name: readXmlText(network ?? '', '--network') }
        : { kind: 'bridge', name: readXmlText(readLinkName(bridge, '--bridge'), '--bridge') },
    vf:
      vf === undefined
        ? { kind: 'network', name: readXmlText(vfPool ?? '', '--vf-pool') }
        : { kind: 'address', name: readPciAddress(vf, '--vf') },
    alias,
    tap: tap === undefined ? null : readTap(tap),
    linkDown: options.linkDown === true,
    queues: queues === undefined ? null : readQueues(queues),
  };
}

/** Something, and nothing that an XML document has no place for. */
function readXmlText(text: string, option: string): string {
  if (text === '') throw new CommandError(`${option}: expected a name`, exitStatus.usage);
  if (hasNoCharacter(text)) {
    throw new CommandError(`${option}: '${printable(text)}' has a character that XML cannot hold`, exitStatus.usage);
  }
  return text;
}

function readTap(text: string): string {
  const name = readXmlText(readLinkName(text, '--tap'), '--tap');
  // virDomainNetDefParseXML() takes such a name for one that libvirt made up, and makes up another.
  if (name.startsWith('vnet')) {
    throw new CommandError(
      `--tap: '${name}' would be dropped by libvirt: 'vnet' begins the names that it makes itself`,
      exitStatus.usage,
    );
  }
  return name;
}

function readQueues(text: string): number {
  const count = readCount(text, '--queues');
  // A tap has no more: MAX_TAP_QUEUES in drivers/net/tun.c.
  if (count < 1 || count > 256) {
    throw new CommandError(`--queues: '${text}': expected 1 to 256`, exitStatus.usage);
  }
  return count;
}

function patchFile(path: string, request: PairRequest, strings: readonly OemString[], system: System): string {
  const text = path === '-' ? system.stdin() : system.read(path);
  if (isFailure(text)) throw new CommandError(`--patch: ${explainFailure(text)}`);
  const source = { path, text };
  const { document, domain } = readDomain(source);
  const where = (offset: number) => {
    const { line, column } = positionAt(source, offset);
    return `${path}:${line}:${column}`;
  };
  const [fault] = document.faults;
  if (fault !== undefined) throw new CommandError(`${where(fault.span.start)}: ${fault.message}`);
  if (domain === null) throw new CommandError(`${path}: there is no <domain> in it`);
  const edits = patchDomain(domain, request, strings);
  if ('message' in edits) throw new CommandError(`${where(edits.element.span.start)}: ${edits.message}`);
  return editText(text, edits);
}

export function define() {
  return defineCommand(
    'host domain-xml',
    'Prints the two libvirt interfaces of a failover guest: a virtio NIC and a VF, one MAC.',
  )
    .requiredOption('--mac <mac>', 'the MAC of both')
    .option('--bridge <dev>', "the host's bridge for the virtio NIC")
    .option('--network <name>', 'or the libvirt network for it')
    .option('--vf <address>', "the VF's PCI address on this host: 0000:42:02.5")
    .option(
      '--vf-pool <network>',
      'or the libvirt network that is a pool of VFs (it lets the guest move to a host with other addresses)',
    )
    .option('--alias <name>', 'the alias that joins the two', 'ua-failover0')
    .option('--tap <dev>', "a fixed name for the virtio NIC's tap")
    .option(
      '--link-down',
      'start the virtio NIC without carrier, as the kernel document does: nothing is sent to it while a VF is in use',
    )
    .option('--queues <n>', 'queues of the virtio NIC')
    .option(
      '--with-credentials',
      'carry the guard and the udev rules into the guest, as systemd credentials in SMBIOS (systemd 256 or newer)',
    )
    .option(
      '--patch <file>',
      "print this domain with the pair put in, every other byte as it is; '-' reads standard input",
    )
    .addHelpText(
      'after',
      `
The guest needs a machine type with PCI Express (q35, virt); 'virsh edit' or 'virsh define' takes the result.

With --with-credentials nothing need be done in the guest: its systemd finds in SMBIOS (OEM strings) a guard that keeps
systemd-networkd off the slaves, udev rules that tell NetworkManager the same, and what makes both be read. They are
written below /run at each boot. What the master gets is the image's own configuration. Not for: systemd before 256, which
ignores them; ifupdown; a confidential guest, which trusts no SMBIOS. Any process in the guest that is root may read them.

Exit status: 0; 2 wrong usage; 3 the file cannot be read, is no domain, or has the MAC, the alias or a credential already.

Examples:
  failoverctl host domain-xml --mac 52:54:00:00:12:53 --bridge br0 --vf 0000:42:02.5
  virsh dumpxml --inactive vm-01 |
    failoverctl host domain-xml --mac 52:54:00:00:12:53 --bridge br0 --vf-pool vfs --patch - > vm-01.xml
  failoverctl host domain-xml --mac 52:54:00:00:12:53 --bridge br0 --vf-pool vfs --with-credentials --patch vm-01.xml
`,
    );
}
