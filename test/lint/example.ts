/** Lints an example of a rule as `failoverctl lint` would lint those files. */
import { unknownHost, type Guest, type HostFacts, type LinkFacts } from '../../src/topology/guest.ts';
import { createFileReader } from '../../src/judgement/file-reader.ts';
import { readSystemFiles } from '../../src/judgement/read-system.ts';
import { bootGlobs } from '../../src/topology/boot-options.ts';
import { packetFilterGlobs } from '../../src/lint/packet-filter.ts';
import { judgeForView, sortNamedFiles } from '../../src/lint/read-configuration.ts';
import type { Example } from '../../src/findings/rule.ts';
import type { LintView } from '../../src/lint/rule.ts';
import { managers } from '../../src/managers/all.ts';
import type { ConfigFile } from '../../src/managers/claim.ts';
import { memorySystem } from '../../src/system/memory.ts';
import { assumeGuest, type Assumption } from '../../src/topology/guest-assumed.ts';

/** A guest with one virtio NIC that is in no group. */
function ordinaryGuest(host: HostFacts): Guest {
  const nic: LinkFacts = {
    role: 'none',
    group: null,
    name: 'enp1s0',
    kernelName: 'eth0',
    altnames: [],
    mac: '52:54:00:00:00:77',
    permanentMac: '52:54:00:00:00:77',
    driver: 'virtio_net',
    parentDriver: 'virtio_net',
    kind: null,
    type: 'ether',
    idPath: 'pci-0000:01:00.0',
    properties: undefined,
    master: null,
  };
  return { groups: [], phases: [{ name: 'boot', title: 'at boot', links: [nic] }], host };
}

export async function viewExample(
  { files, host, complete }: Example,
  assumption: Assumption | 'ordinary' = { kind: 'net_failover', groups: 1 },
): Promise<LintView> {
  const list = Object.entries(files).map(([path, file]): ConfigFile => {
    const { text, mode } = typeof file === 'string' ? { text: file, mode: 0o644 } : file;
    return { source: { path, text }, path, mode, uid: 0, linkTarget: undefined };
  });
  const facts = { ...unknownHost, ...host };
  const guestFor = (macs: readonly string[]) =>
    assumption === 'ordinary' ? ordinaryGuest(facts) : assumeGuest(assumption, facts, macs);
  const rest = { assumed: true, command: 'failoverctl lint', idle: [], whole: complete === true };
  if (complete !== true) {
    const { files: sorted, bootFiles, filterFiles, unknown } = await sortNamedFiles(list.map((file) => ({ file })));
    if (unknown.length > 0) throw new Error(`no manager knows ${unknown.map(({ path }) => path).join(', ')}`);
    return judgeForView(sorted, guestFor, { ...rest, complete: false, bootFiles, filterFiles, fileAt: () => null });
  }
  const system = memorySystem(
    Object.fromEntries(list.map(({ path, source, mode }) => [path, { text: source.text, mode: mode ?? 0o644 }])),
  );
  // those that take every link by themselves are not installed there
  const acting = new Set(managers.filter(({ actsUnasked }) => actsUnasked !== true).map(({ name }) => name));
  const reader = createFileReader(system);
  const all = await readSystemFiles(reader, acting);
  const bootFiles = bootGlobs.flatMap((glob) => reader.include(glob));
  const filterFiles = packetFilterGlobs.flatMap((glob) => reader.include(glob));
  return judgeForView(all, guestFor, { ...rest, complete: true, bootFiles, filterFiles, fileAt: reader.readAt });
}
