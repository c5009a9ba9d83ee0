/** The static executable where Node cannot be: a guest of nothing but a kernel and busybox, and below udevd. */
import assert from 'node:assert/strict';
import { startGuest } from '../guest.ts';
import { findProgram, installedAt } from '../program.ts';
import type { Check } from './check.ts';

interface Detected {
  readonly groups: readonly { readonly master: string; readonly standby: string; readonly primary: string }[];
}

const rolesOf = (json: string) => {
  const { groups } = JSON.parse(json) as Detected;
  assert.equal(groups.length, 1, json);
  const [group] = groups;
  assert.ok(group !== undefined && group.standby !== null && group.primary !== null, json);
  return `${group.master} (master), ${group.standby} (standby), ${group.primary} (primary)`;
};

export const inMinimalGuest: Check = {
  name: 'executable-minimal',
  title: 'the executable in a guest of kernel and busybox: no libc, no udev, no shell but busybox',
  run: async ({ image, accelerator }) => {
    const { files } = findProgram(false);
    const guest = await startGuest({ image, accelerator, kind: 'minimal', programs: files });
    try {
      await guest.must('for link in /sys/class/net/*; do ip link set "${link##*/}" up; done; sleep 1');
      const seen = rolesOf(await guest.must(`${installedAt} detect --json`));
      const planned = await guest.must(
        `mkdir -p /etc; ${installedAt} install --manager ifupdown --dry-run --diff; [ $? = 1 ]`,
      );
      assert.match(planned, /^\+\+\+ /m);
      return `detect: ${seen}; install --dry-run plans ${planned.match(/^\+\+\+ /gm)?.length} files`;
    } finally {
      await guest.stop();
    }
  },
};

/** What a RUN of udev leaves behind: status and outputs of PROGRAM. */
const rule = (program: string) =>
  `ACTION=="change", SUBSYSTEM=="net", KERNEL=="enp1s0", RUN+="/bin/sh -c '${program} detect --json >/run/lab.out 2>/run/lab.err; echo $$? >/run/lab.status'"\n`;

export const belowUdevd: Check = {
  name: 'executable-below-udevd',
  title: 'the executable from RUN+= of a live udevd, under its W^X sandbox (MemoryDenyWriteExecute)',
  run: async ({ image, accelerator, long }) => {
    const { files } = findProgram(false);
    const node = long ? findProgram(true).files : {};
    const bundle = '/usr/local/lib/failoverctl.cjs';
    const control = Object.fromEntries(
      Object.entries(node).map(([path, source]) => [path === installedAt ? bundle : path, source]),
    );
    const guest = await startGuest({ image, accelerator, programs: { ...files, ...control } });
    try {
      await guest.run('systemctl is-system-running --wait', 600_000);
      const sandbox = await guest.must('systemctl show -p MemoryDenyWriteExecute systemd-udevd');
      assert.match(sandbox, /=yes/);
      const runBelow = async (program: string) => {
        const file = '/run/udev/rules.d/99-lab.rules';
        const write = `mkdir -p /run/udev/rules.d; cat >${file} <<'END'\n${rule(program)}END\nrm -f /run/lab.*`;
        await guest.must(
          `${write}\nudevadm control --reload\nudevadm trigger -c change --settle /sys/class/net/enp1s0`,
        );
        const status = (await guest.must('cat /run/lab.status 2>/dev/null || echo none')).trim();
        return { status, out: (await guest.run('cat /run/lab.out')).stdout };
      };
      const mine = await runBelow(installedAt);
      assert.equal(mine.status, '0', JSON.stringify(mine));
      const seen = `detect below udevd: ${rolesOf(mine.out)}`;
      if (!long) return seen;
      const theirs = await runBelow(`/usr/bin/node ${bundle}`);
      assert.notEqual(theirs.status, '0', 'Node was expected to die below udevd');
      return `${seen}; the same with Node: exit status ${theirs.status}`;
    } finally {
      await guest.stop();
    }
  },
};
