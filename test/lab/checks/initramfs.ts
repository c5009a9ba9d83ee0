/**
 * ip=dhcp: the initramfs configures links before anything of the guest's own runs. With initramfs-tools, whose
 * configure_networking() is called as scripts/nfs calls it. First without our hooks, which is the control, then with them.
 */
import assert from 'node:assert/strict';
import { startGuest } from '../guest.ts';
import { makeInitramfs, whyNoInitramfs } from '../initramfs.ts';
import { linkOf, readLinks } from '../links.ts';
import { recordSteps } from '../steps.ts';
import type { Check, CheckOptions } from './check.ts';

const program = 'dist/failoverctl-linux-x64';

interface EarlyNetwork {
  /** Roles of the links that had an IPv4 address when early boot was done. */
  readonly addressed: readonly string[];
  /** Roles of the links that a default route led to. */
  readonly routed: readonly string[];
  readonly leases: number;
  /** Answered pings from outside, of those sent. */
  readonly lost: string;
  readonly reachable: boolean;
}

export const initramfsNetwork: Check = {
  name: 'initramfs-ip-dhcp',
  title: 'booted with ip=dhcp by initramfs-tools: which links it configures, without our hooks and with them',
  longOnly: true,
  // The machine's own initramfs-tools and udev are put into it, which are this release's.
  releases: ['bookworm'],
  run: async (options) => {
    const why = whyNoInitramfs();
    if (why !== null) throw new Error(why);
    return await recordSteps(options.onStep, async (step) => {
      await step('without our hooks, the control', async () => {
        const without = await boot(options, null);
        const slaves = without.addressed.filter((role) => role !== 'master');
        assert.ok(slaves.length > 0, `no slave was configured, so nothing is shown: ${describe(without)}`);
        return describe(without);
      });
      await step('with them', async () => {
        const { addressed, routed, leases, reachable, ...rest } = await boot(options, program);
        const seen = describe({ addressed, routed, leases, reachable, ...rest });
        assert.deepEqual({ addressed, routed, leases }, { addressed: ['master'], routed: ['master'], leases: 1 }, seen);
        assert.ok(reachable, seen);
        return seen;
      });
    });
  },
};

async function boot({ image, accelerator }: CheckOptions, hooks: string | null): Promise<EarlyNetwork> {
  const guest = await startGuest({
    image: await makeInitramfs(image, hooks),
    accelerator,
    kernelArguments: ['boot=lab', 'ip=dhcp'],
  });
  try {
    await guest.run('systemctl is-system-running --wait', 600_000);
    const early = await guest.must('cat /run/initramfs/network');
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
    };
  } finally {
    await guest.stop();
  }
}

function describe({ addressed, routed, leases, lost }: EarlyNetwork): string {
  const list = (roles: readonly string[]) => (roles.length === 0 ? 'none' : roles.join(', '));
  return `address on ${list(addressed)}; default route through ${list(routed)}; ${leases} leases; ${lost} pings lost`;
}
