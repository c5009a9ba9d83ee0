/** Options of 'host domain-xml', read into what the domain is to become. */
import type { PatchRequest } from '../hypervisor/patch-domain.ts';
import { printable } from '../report/table.ts';
import { hasNoCharacter } from '../text/xml-characters.ts';
import { gatherProblems } from './argument-problems.ts';
import { defineCommand } from './arguments.ts';
import { CommandError, exitStatus } from './command.ts';
import { readCount, readLinkName, readMac, readPciAddress } from './host-options.ts';

export interface DomainXmlOptions {
  readonly mac?: string;
  readonly bridge?: string;
  readonly network?: string;
  readonly vf?: string;
  readonly vfPool?: string;
  readonly alias?: string;
  readonly tap?: string;
  readonly linkDown?: true;
  readonly queues?: string;
  readonly patch?: string;
  readonly fromRunning?: string;
  readonly connect?: string;
  readonly print?: string;
  readonly withCredentials?: true;
}

/** All problems of the arguments together. */
export function readRequest(options: DomainXmlOptions): PatchRequest {
  const { bridge, network, vf, vfPool, alias, tap, queues, patch, fromRunning, print } = options;
  const problems = gatherProblems();
  const { demand } = problems;
  const check = <T>(text: string | undefined, read: (text: string) => T): T | null =>
    text === undefined ? null : problems.check(() => read(text));
  const patches = patch !== undefined || fromRunning !== undefined;
  const count = (...values: readonly unknown[]) => values.filter((value) => value !== undefined).length;
  const isOne = (...values: readonly unknown[]) => count(...values) === 1 || (patches && count(...values) === 0);
  demand(options.mac !== undefined, 'expected --mac, the MAC of both NICs');
  demand(count(patch, fromRunning) < 2, 'expected one of --patch and --from-running');
  demand(isOne(bridge, network), 'expected one of --bridge and --network for the virtio NIC');
  demand(isOne(vf, vfPool), 'expected one of --vf and --vf-pool for the VF');
  const forms = [undefined, 'xml', 'virt-xml'];
  demand(forms.includes(print), `--print: '${printable(print ?? '')}': expected 'xml' or 'virt-xml'`);
  demand(print !== 'virt-xml' || patches, '--print virt-xml goes with --patch or --from-running');
  demand(print !== 'virt-xml' || options.withCredentials !== true, '--print virt-xml cannot carry credentials');
  demand(options.connect === undefined || fromRunning !== undefined, '--connect goes with --from-running');
  const readBridge = (text: string) => readXmlText(readLinkName(text, '--bridge'), '--bridge');
  const request: PatchRequest = {
    mac: check(options.mac, (text) => readMac(text, '--mac')) ?? '',
    source:
      named('bridge', check(bridge, readBridge)) ??
      named(
        'network',
        check(network, (text) => readXmlText(text, '--network')),
      ),
    vf:
      named(
        'address',
        check(vf, (text) => readPciAddress(text, '--vf')),
      ) ??
      named(
        'network',
        check(vfPool, (text) => readXmlText(text, '--vf-pool')),
      ),
    alias: check(alias, readAlias),
    tap: check(tap, readTap),
    linkDown: options.linkDown === true,
    queues: check(queues, readQueues),
  };
  problems.end();
  return request;
}

function named<Kind extends string>(
  kind: Kind,
  name: string | null,
): { readonly kind: Kind; readonly name: string } | null {
  return name === null ? null : { kind, name };
}

function readAlias(alias: string): string {
  if (/^ua-[-A-Za-z0-9_]+$/.test(alias)) return alias;
  throw new CommandError(
    `--alias: '${printable(alias)}' would be dropped by libvirt: expected 'ua-' and then letters, digits, '-' or '_'`,
    exitStatus.usage,
  );
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

export function define() {
  return defineCommand(
    'host domain-xml',
    'Prints the two libvirt interfaces of a failover guest: a virtio NIC and a VF, one MAC.',
  )
    .option('--mac <mac>', 'the MAC of both')
    .option('--bridge <dev>', "the host's bridge for the virtio NIC")
    .option('--network <name>', 'or the libvirt network for it')
    .option('--vf <address>', "the VF's PCI address on this host: 0000:42:02.5")
    .option(
      '--vf-pool <network>',
      'or the libvirt network that is a pool of VFs (it lets the guest move to a host with other addresses)',
    )
    .option('--alias <name>', "the alias that joins the two; without it the NIC's own, or ua-failover0")
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
      "print this domain with the pair in it, every other byte as it is; '-' reads standard input",
    )
    .option('--from-running <domain>', 'the same with a domain of this host, as libvirt will start it the next time')
    .option('-c, --connect <uri>', "with --from-running: libvirt's connection; virsh's own default without it")
    .option('--print <form>', "'xml', or 'virt-xml': print commands of virt-xml(1) that make the same change")
    .addHelpText(
      'after',
      `
With --patch or --from-running, what is there is used: a virtio NIC with the MAC becomes the persistent one and keeps its
alias if that begins with 'ua-'; a VF with the MAC, or at the address, is teamed with it. What is missing is added, so
--bridge, --network, --vf and --vf-pool are needed only for that.

The guest needs a machine type with PCI Express (q35, virt); 'virsh define' accepts the result. A running guest has the
pair after its next start.

With --with-credentials nothing needs to be done in the guest: its systemd finds in SMBIOS (OEM strings) a guard that keeps
systemd-networkd off the slaves, udev rules that tell NetworkManager the same, and what makes both be read. They are
written below /run at each boot. What the master gets is the image's own configuration. Not for: systemd before 256, which
ignores them; ifupdown; a confidential guest, which trusts no SMBIOS. Any process in the guest that is root may read them.

Exit status: 0; 2 wrong usage; 3 the file cannot be read, is no domain, or cannot be patched: the alias is taken, the NIC is
not virtio, a VF is teamed with another NIC, a credential is there already.

Examples:
  failoverctl host domain-xml --from-running vm-01 --mac 52:54:00:00:12:53 --vf 0000:42:02.5 > vm-01.xml
  failoverctl host domain-xml --from-running vm-01 --mac 52:54:00:00:12:53 --vf-pool vfs --print virt-xml
  failoverctl host domain-xml --mac 52:54:00:00:12:53 --bridge br0 --vf 0000:42:02.5
  virsh dumpxml --inactive vm-01 |
    failoverctl host domain-xml --mac 52:54:00:00:12:53 --bridge br0 --vf-pool vfs --patch - > vm-01.xml
  failoverctl host domain-xml --mac 52:54:00:00:12:53 --bridge br0 --vf-pool vfs --with-credentials --patch vm-01.xml
`,
    );
}
