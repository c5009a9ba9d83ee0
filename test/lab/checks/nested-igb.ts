/**
 * The hypervisor's half on real parts: two hosts with VFs of their own, whose libvirt passes one to a guest by <teaming> and
 * migrates it. Only the silicon is emulated: an igb, in QEMU 10. What is inside is emulated twice: it takes minutes.
 */
import assert from 'node:assert/strict';
import { guestAddress, guestMac, guestWith } from '../../hypervisor/hosts/guest.ts';
import { mustRun, poll } from '../command.ts';
import { startSite, type Site } from '../nested/site.ts';
import { recordSteps, type TakeStep } from '../steps.ts';
import type { Check } from './check.ts';

const patience = 3_600_000;

/** What is emulated twice takes minutes where it takes seconds. */
const slow = '--carrier-wait 600 --device-wait 900 --agent-wait 60';

/** The VF of the other host, as a <hostdev>: libvirt sets no MAC on that, so it is ours to give and to take. */
const otherVf = `<hostdev mode='subsystem' type='pci' managed='yes'>
  <source><address domain='0x0000' bus='0x02' slot='0x10' function='0x0'/></source>
  <teaming type='transient' persistent='ua-failover0'/>
</hostdev>
`;

export const nestedIgbs: readonly Check[] = [
  {
    name: 'nested-igb',
    title:
      "two hosts with an igb each, emulated: libvirt's <teaming> passes a VF to a guest, which is migrated between them",
    longOnly: true,
    releases: ['trixie'],
    run: withSite(migrateAndFail),
  },
  {
    name: 'nested-igb-virsh',
    title: 'the same hosts and guest, migrated by virsh alone: nothing of ours is done',
    longOnly: true,
    releases: ['trixie'],
    run: withSite(migrateByVirsh),
  },
];

function withSite(takeSteps: (site: Site, step: TakeStep) => Promise<void>): Check['run'] {
  return async (options) =>
    await recordSteps(options.onStep, async (step) => {
      let site: Site | null = null;
      try {
        await step('two hosts', async () => {
          site = await startSite(options, { '/lab/bare.xml': guestWith(''), '/lab/vf2.xml': otherVf });
          return (await site.on(1, 'virsh version --daemon')).match(/(?<=Running .*: ).*/g)?.join(', QEMU ') ?? '';
        });
        assert.ok(site !== null);
        await takeSteps(site, step);
      } finally {
        await (site as Site | null)?.stop();
      }
    });
}

const wanted = `--mac ${guestMac} --bridge br0 --vf 0000:01:10.0 --link-down --tap tap0`;

/** libvirt's own way: the domain as it is, with the VF of the other host in it; QEMU unplugs the VF, libvirt's target plugs the other. */
async function migrateByVirsh(site: Site, step: TakeStep): Promise<void> {
  const { guest, on, run } = site;
  await step('the guest', async () => {
    await on(1, `failoverctl host domain-xml ${wanted} --patch /lab/bare.xml >/lab/vm.xml`);
    return await startInnerGuest(site);
  });
  await step('virsh migrate --live, with the other VF in the XML', async () => {
    const xml = '/lab/there.xml';
    await guest.must(
      `on 1 virsh dumpxml --migratable vm-01 | sed "s/bus='0x01' slot='0x10'/bus='0x02' slot='0x10'/" >${xml}`,
    );
    const stop = await guest.segment.startPing(guestAddress);
    const options = `--live --persistent --undefinesource --xml ${xml} --persistent-xml ${xml}`;
    const { status, stderr } = await run(1, `virsh migrate ${options} vm-01 qemu+tcp://10.9.0.2/system`);
    if (status !== 0) {
      const { sent, lost } = await stop();
      return `virsh ends with ${status}: ${stderr.trim().split('\n').join('; ')}; ${lost} of ${sent} pings lost`;
    }
    const table = await awaitPrimary(site, 2);
    await answersByItsVf(site);
    const { sent, lost, longestGap } = await stop();
    const left = (await vfMac(site, 1)) === guestMac ? "the PF that was left has the guest's MAC still; " : '';
    return `${left}${tellGuest(table)}; ${lost} of ${sent} pings lost, ${Math.round(longestGap)} s in one piece`;
  });
}

async function startInnerGuest(site: Site): Promise<string> {
  await site.on(1, 'virsh define /lab/vm.xml');
  await site.on(1, 'virsh start vm-01');
  const table = await awaitPrimary(site, 1);
  assert.equal(await vfMac(site, 1), guestMac, 'libvirt sets the MAC on the PF');
  await answersByItsVf(site);
  return `${tellGuest(table)}; it answers by its VF`;
}

async function migrateAndFail(site: Site, step: TakeStep): Promise<void> {
  const { guest, on, run } = site;

  await step('domain-xml and lint-domain, with the host looked at', async () => {
    await on(1, `failoverctl host domain-xml ${wanted} --patch /lab/bare.xml >/lab/vm.xml`);
    await on(1, 'failoverctl host lint-domain --host /lab/vm.xml');
    await guest.must(`sed "s/bus='0x01' slot='0x10'/bus='0x01' slot='0x00'/" /lab/vm.xml >/lab/pf.xml`);
    const { status, stdout } = await run(1, 'failoverctl host lint-domain --host /lab/pf.xml');
    assert.equal(status, 1, stdout);
    assert.match(stdout, /^error\[FO513\] PCI device 0000:01:00\.0 is not a VF/m);
    return 'clean for a VF; FO513 for its PF';
  });

  await step('the guest', async () => await startInnerGuest(site));

  await step('migrate, with what each side prepares', async () => {
    const stop = await guest.segment.startPing(guestAddress);
    const vf = `--xml /lab/vf2.xml --mac ${guestMac}`;
    const uplink = (await on(2, 'ls /sys/bus/pci/devices/0000:02:00.0/virtfn1/net')).trim();
    await on(2, `failoverctl host reattach --prepare --bridge br0 --uplink ${uplink} ${vf} vm-01`);
    const { status, stderr } = await run(1, `failoverctl host migrate ${slow} vm-01 qemu+tcp://10.9.0.2/system`);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^guest .*, tap tap0, VF 0 of \S+, uplink \S+$/m);
    assert.match(await on(1, 'virsh domstate --reason vm-01'), /^shut off \(migrated\)/);
    assert.notEqual(await vfMac(site, 1), guestMac, 'the PF that was left forgot the MAC');
    assert.deepEqual(await ownEntries(site, 1), []);
    const back = await run(2, `failoverctl host reattach ${slow} ${vf} vm-01`);
    assert.equal(back.status, 0, back.stderr);
    assert.match(back.stderr, /^\[\d\/\d\] give \S+ to VF 0 of \S+$/m);
    const table = await awaitPrimary(site, 2);
    assert.equal(await vfMac(site, 2), guestMac, 'the other PF has it');
    assert.deepEqual(await ownEntries(site, 2), []);
    const { sent, lost, longestGap } = await stop();
    assert.ok(lost < sent);
    return `${tellGuest(table)}; ${lost} of ${sent} pings lost from the first step to the last, ${Math.round(longestGap)} s in one piece`;
  });

  await step('a migration that fails, undone', async () => {
    const before = await hostState(site, 2);
    const { status, stderr } = await run(2, `failoverctl host migrate ${slow} vm-01 qemu+tcp://10.9.0.9/system`);
    assert.equal(status, 3, stderr);
    assert.match(stderr, /^\[\d\/\d\] take \S+ off VF 0 of \S+$/m);
    assert.match(stderr, /^undoing: take \S+ off VF 0 of \S+$/m);
    assert.match(stderr, /all that was begun is undone\n$/);
    assert.deepEqual(await hostState(site, 2), before);
    await awaitPrimary(site, 2);
    return `${stderr.match(/^undoing: /gm)?.length} steps undone, the guest has its VF again, the host is as it was`;
  });
}

/** The guest, through its agent, is whole, and its primary has carrier: the table that says so. An agent that is emulated twice may be late. */
async function awaitPrimary({ run }: Site, host: 1 | 2): Promise<string> {
  let table = '';
  await poll('the guest with its primary', patience, async () => {
    const { status, stdout } = await run(host, 'failoverctl host check --agent-wait 60 vm-01');
    table = stdout;
    return status === 0 && /^ {2}primary {2}VF .*, carrier/m.test(stdout);
  });
  return table;
}

/** A quarter of an hour: it has carrier by now, so one that does not answer is told with what the host counts. */
async function answersByItsVf({ guest, on }: Site): Promise<void> {
  // one a second, each with ten to come back: what is emulated twice is not to be flooded
  const ping = guest.segment.inside('ping', '-n', '-q', '-i', '1', '-W', '10', '-c', '3', guestAddress);
  const answers = async () =>
    await mustRun(ping).then(
      () => true,
      () => false,
    );
  try {
    await poll('the guest answers by its VF', 900_000, answers);
  } catch (error) {
    const seen = [
      await on(1, `sh -c 'ip -s -d link show "${pfOf(1)}"; bridge fdb show; ip -s link show tap0; ip neighbour'`),
      await on(1, 'failoverctl host check --agent-wait 60 vm-01'),
      await on(1, 'cat /var/lib/libvirt/console.log'),
      await guest.must('grep -E "vfio|igb" /proc/interrupts; dmesg | tail -n 40'),
    ];
    throw new Error([String(error), ...seen].join('\n'), { cause: error });
  }
}

/** The guest's column: "eth0, carrier" for each role. */
function tellGuest(table: string): string {
  const rows = [...table.matchAll(/^ {2}(master|standby|primary) .*? {2,}(\S+, (?:no )?carrier)/gm)];
  return rows.map(([, role, link]) => `${role} ${link}`).join(', ');
}

const pfOf = (host: 1 | 2) => `$(ls /sys/bus/pci/devices/0000:0${host}:00.0/net)`;

async function vfMac({ on }: Site, host: 1 | 2): Promise<string> {
  const [link] = JSON.parse(await on(host, `sh -c 'ip -j link show "${pfOf(host)}"'`)) as readonly [
    { readonly vfinfo_list: readonly { readonly vf: number; readonly address: string }[] },
  ];
  return link.vfinfo_list.find(({ vf }) => vf === 0)?.address ?? '';
}

/** The forwarding database's entries for the guest that nobody learned: what a migration may leave behind. */
async function ownEntries({ on }: Site, host: 1 | 2): Promise<readonly string[]> {
  return (await on(host, 'bridge fdb show'))
    .split('\n')
    .filter((line) => line.startsWith(guestMac) && /static|sticky|permanent|self/.test(line));
}

async function hostState(site: Site, host: 1 | 2): Promise<unknown> {
  const { on } = site;
  return {
    vf: await vfMac(site, host),
    entries: await ownEntries(site, host),
    link: await on(host, 'virsh domif-getlink vm-01 tap0'),
    live: await on(host, 'virsh dumpxml vm-01'),
    kept: await on(host, 'virsh dumpxml --inactive vm-01'),
  };
}
