/**
 * ip=dhcp: the initramfs configures links before anything of the guest's own runs. First without our hooks, which is the
 * control, then with what `install --root` put into the tree that the initramfs is made of.
 */
import assert from 'node:assert/strict';
import { poll } from '../command.ts';
import { startGuest, type Guest } from '../guest.ts';
import { openKitchen, type InitramfsKitchen } from '../initramfs.ts';
import { linkOf, readLinks } from '../links.ts';
import { recordSteps, type TakeStep } from '../steps.ts';
import type { Image } from '../image.ts';
import type { Check, CheckOptions } from './check.ts';

const program = 'dist/failoverctl-linux-x64';

interface EarlyNetwork {
  /** Roles of the links that had an IPv4 address when early boot was done. */
  readonly addressed: readonly string[];
  /** Roles of the links that a default route led to. */
  readonly routed: readonly string[];
  readonly leases: number;
  /** Lost pings from outside, of those sent. */
  readonly lost: string;
  readonly reachable: boolean;
  /** Did early boot get past the network? */
  readonly wentOn: boolean;
}

/** configure_networking() is called as scripts/nfs calls it; then the root is the one that init.sh makes. */
const initramfsTools: Check = {
  name: 'initramfs-ip-dhcp',
  // the packages that make it are this machine's release's
  releases: ['bookworm'],
  title: 'booted with ip=dhcp by initramfs-tools: which links it configures, without our hooks and with them',
  longOnly: true,
  run: async (options) =>
    await recordSteps(options.onStep, async (step) => {
      const kitchen = await openKitchen(options.image, 'initramfs-tools');
      const look = async (image: Image) =>
        await boot(options, image, ['boot=lab', 'ip=dhcp'], async (guest) => {
          await guest.run('systemctl is-system-running --wait', 600_000);
          return { text: await guest.must('cat /run/initramfs/network'), wentOn: true };
        });
      await showControl(step, 'without our hooks, the control', async () => await look(await kitchen.make()));
      await kitchen.install(program, ['--manager', 'networkd']);
      await showHooks(step, 'with them', async () => await look(await kitchen.make()));
    }),
};

/**
 * dracut's handlers of the network; it takes NetworkManager where that is installed, else networkd, which is in Debian's
 * package of systemd. The guest is installed for ifupdown: what guards networkd and NetworkManager in such a guest's own
 * files does not come from there.
 */
const dracut: Check = {
  name: 'dracut-ip-dhcp',
  releases: ['bookworm'],
  title:
    'booted with ip=dhcp by dracut: which links its three network handlers configure, without our module and with it',
  longOnly: true,
  run: async (options) =>
    await recordSteps(options.onStep, async (step) => {
      const kitchen = await openKitchen(options.image, 'dracut');
      const handlers = ['systemd-networkd', 'network-manager', 'network-legacy'];
      for (const handler of handlers) {
        await showControl(step, `${handler}, without our module, the control`, async () =>
          lookWithDracut(options, kitchen, handler),
        );
      }
      await kitchen.install(program, ['--manager', 'ifupdown']);
      for (const handler of handlers) {
        await showHooks(step, `${handler}, with it`, async () => lookWithDracut(options, kitchen, handler));
      }
    }),
};

export const initramfsNetworks: readonly Check[] = [initramfsTools, dracut];

/**
 * Until nothing has changed for a while: what still asks is given time. With network-legacy early boot may never end, since
 * it takes a link with the MAC of one that is set up for the same one, and waits for it (setup_net() in net-lib.sh).
 */
async function lookWithDracut(
  options: CheckOptions,
  kitchen: InitramfsKitchen,
  handler: string,
): Promise<EarlyNetwork> {
  const image = await kitchen.make([handler, 'network']);
  return await boot(options, image, ['ip=dhcp', 'rd.neednet=1'], async (guest) => {
    let seen = '';
    let since = Date.now();
    return await poll('early boot has asked for addresses', 300_000, async () => {
      const text = await guest.must(asked);
      if (text !== seen) since = Date.now();
      seen = text;
      const wentOn = (await guest.run('[ -e /run/lab/network-is-up ]')).status === 0;
      return text.includes('inet 10.66.') && Date.now() - since > (wentOn ? 15_000 : 60_000) && { text, wentOn };
    });
  });
}

const asked = 'ip -o -4 address show | sed "s/ valid_lft.*//"; ip -4 route show';

async function showControl(step: TakeStep, name: string, look: () => Promise<EarlyNetwork>): Promise<void> {
  await step(name, async () => {
    const without = await look();
    const slaves = without.addressed.filter((role) => role !== 'master');
    assert.ok(slaves.length > 0, `no slave was configured, so nothing is shown: ${describe(without)}`);
    return describe(without);
  });
}

async function showHooks(step: TakeStep, name: string, look: () => Promise<EarlyNetwork>): Promise<void> {
  await step(name, async () => {
    const network = await look();
    const seen = describe(network);
    const { addressed, routed, leases, reachable, wentOn } = network;
    assert.deepEqual({ addressed, routed, leases }, { addressed: ['master'], routed: ['master'], leases: 1 }, seen);
    assert.ok(reachable && wentOn, seen);
    return seen;
  });
}

/** `look`: what ip(8) said of addresses and routes in early boot, and whether that went on. */
async function boot(
  { accelerator }: CheckOptions,
  image: Image,
  kernelArguments: readonly string[],
  look: (guest: Guest) => Promise<{ readonly text: string; readonly wentOn: boolean }>,
): Promise<EarlyNetwork> {
  const guest = await startGuest({ image, accelerator, kernelArguments });
  try {
    const { text: early, wentOn } = await look(guest);
    const links = await readLinks(guest);
    const roleOf = (name: string) => links.find((link) => link.name === name)?.role ?? name;
    const roles = (pattern: RegExp) =>
      [...new Set([...early.matchAll(pattern)].map(([, name = '']) => roleOf(name)))].filter((role) => role !== 'lo');
    const leases = guest.segment.leases();
    const held = linkOf(links, 'master')?.addresses.find((address) => address.startsWith('10.66.'));
    const target = held ?? leases[0]?.address;
    assert.ok(target !== undefined, `nobody has an address:\n${early}`);
    const { sent, lost } = await guest.segment.ping(target.replace(/\/.*/, ''), 5);
    return {
      addressed: roles(/^\d+: (\S+)\s+inet 10\.66\./gm).sort(),
      routed: roles(/^default .*\bdev (\S+)/gm).sort(),
      leases: leases.length,
      lost: `${lost} of ${sent}`,
      reachable: sent > 0 && lost < sent / 10,
      wentOn,
    };
  } finally {
    await guest.stop();
  }
}

function describe({ addressed, routed, leases, lost, wentOn }: EarlyNetwork): string {
  const list = (roles: readonly string[]) => (roles.length === 0 ? 'none' : roles.join(', '));
  const links = `address on ${list(addressed)}; default route through ${list(routed)}`;
  return `${links}; ${leases} leases; ${lost} pings lost${wentOn ? '' : '; early boot does not end'}`;
}
