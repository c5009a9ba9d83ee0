/** The kernel's own part in the bug: before 6.2 it gives every slave the master's IPv6 link-local address (cb54d392279d). */
import assert from 'node:assert/strict';
import { poll } from '../command.ts';
import { startGuest } from '../guest.ts';
import { givesSlavesLinkLocal, linkOf, readLinks } from '../links.ts';
import type { Check } from './check.ts';

export const linkLocalOfSlaves: Check = {
  name: 'kernel-link-local',
  title: 'links set up by hand, no manager: who has an IPv6 link-local address; slaves too before kernel 6.2',
  longOnly: true,
  run: async ({ image, accelerator }) => {
    const guest = await startGuest({ image, accelerator });
    try {
      await guest.run('systemctl is-system-running --wait', 600_000);
      await poll('the pair is whole', 300_000, async () => {
        const links = await readLinks(guest);
        return linkOf(links, 'standby') !== undefined && linkOf(links, 'primary')?.enslaved === true;
      });
      await guest.must('udevadm settle --timeout=100');
      const release = (await guest.must('uname -r')).trim();
      const given = await givesSlavesLinkLocal(guest);
      for (const role of ['standby', 'primary', 'master'] as const) {
        const link = linkOf(await readLinks(guest), role);
        assert.ok(link !== undefined, `there is no ${role}`);
        await guest.must(`ip link set ${link.name} up`);
      }
      const holders = async () =>
        (await readLinks(guest)).filter(
          ({ pair, addresses }) => pair >= 0 && addresses.some((one) => one.startsWith('fe80:')),
        );
      // A slave gets its address when its link comes up, as the master does; carrier and DAD take e1000e's seconds.
      await poll('all three links have carrier', 300_000, async () =>
        (await readLinks(guest)).every(({ pair, carrier }) => pair < 0 || carrier),
      );
      await poll('the master has its link-local address', 300_000, async () =>
        (await holders()).some(({ role, addresses }) => role === 'master' && !addresses.join().includes('tentative')),
      );
      const seen = (await holders()).map(({ role }) => role).sort();
      assert.deepEqual(seen, given ? ['master', 'primary', 'standby'] : ['master'], `kernel ${release}`);
      return `kernel ${release}: ${seen.join(', ')}`;
    } finally {
      await guest.stop();
    }
  },
};
