/** The folders that test/packaging/fleet.sh makes guests of: a recorded triple's /sys and udev database, and a small /etc. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { MemoryEntry } from '../../src/system/memory.ts';

const { entries } = JSON.parse(readFileSync('test/fixtures/guests/bookworm-triple.json', 'utf8')) as {
  readonly entries: Readonly<Record<string, MemoryEntry>>;
};

export interface FleetGuest {
  readonly name: string;
  readonly address: string;
  readonly mac: string;
  /** An enslaved VF without carrier: what no installation makes well. */
  readonly darkVf?: true;
}

/** Its master has its address by a file of networkd's that matches the slaves too. */
export function writeGuest(folder: string, { address, mac, darkVf }: FleetGuest): void {
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const link = (path: string, target: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(target, join(folder, path));
  };
  write('address', address);
  write('mac', mac);
  for (const [path, entry] of Object.entries(entries)) {
    const place = path.startsWith('/sys/') ? path.slice(1) : join('udev', basename(path));
    if (typeof entry === 'string') {
      const text = darkVf === true && path.endsWith('/enp2s0/carrier') ? '0\n' : entry;
      write(place, text.replaceAll('52:54:00:00:12:53', mac));
    } else if ('link' in entry) link(place, entry.link);
    // An errno: such a file is not there in a tree of files.
  }
  write('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n');
  write('etc/shadow', 'root:*:19000::::::\n');
  write('etc/group', 'root:x:0:\n');
  write('etc/shells', '/bin/sh\n');
  write('etc/machine-id', `${mac.replaceAll(':', '').padEnd(32, '0')}\n`);
  link('etc/os-release', '/usr/lib/os-release');
  write('etc/systemd/network/50-all.network', `[Match]\nName=en*\n\n[Network]\nAddress=${address}/24\n`);
  const unit = 'systemd-networkd.service';
  link(`etc/systemd/system/multi-user.target.wants/${unit}`, `/lib/systemd/system/${unit}`);
}
