/** Hot-plugs of a failover pair, in all orders, by the guest's own drivers and by the hypervisor; and what the links then held. */
import { poll } from '../command.ts';
import type { Guest } from '../guest.ts';
import { linkOf, readLinks } from '../links.ts';
import { primaryDevice, standbyDevice } from '../qemu.ts';

/**
 * `vf-after-master`: the VF goes and comes. `vf-before-master`: both go, the VF comes first, the master right after it, as when
 * two drivers are loaded at a time. `vf-long-before-master`: between them the VF has seconds, and a link if anybody brings it
 * up: whoever wants to may configure it. `master-again`: master and standby go and come, the VF stays, in some rounds for
 * those seconds. `vf-every-200-ms`, in the guest only: the VF goes and comes ten times, and nobody is waited for.
 */
export type Order =
  'vf-after-master' | 'vf-before-master' | 'vf-long-before-master' | 'master-again' | 'vf-every-200-ms';

/** What a link of the pair was and held at a moment after a hot-plug. */
export interface Sample {
  readonly by: 'guest' | 'hypervisor';
  readonly round: number;
  readonly order: Order;
  /** `alone`: without its master. `settled`: udev is done. `carrier`: one second after the VF's link came up. */
  readonly when: 'alone' | 'settled' | 'carrier';
  readonly role: 'master' | 'standby' | 'primary' | 'loose';
  readonly link: string;
  /** ID_NET_FAILOVER in udev's database; null if there is none. */
  readonly property: string | null;
  readonly addresses: readonly string[];
}

export interface Rounds {
  readonly count: number;
  readonly orders: readonly Order[];
  /** At every so many the VF is left until its link has been up for a second, so that a DHCP client gets its chance. */
  readonly carrierEvery: number;
}

/** Where the guest's script is. */
export const replugFiles = { '/run-lab/replug.sh': 'test/lab/hotplug/replug.sh' };

export interface Replugger {
  readonly inGuest: (rounds: Rounds) => Promise<readonly Sample[]>;
  readonly byHypervisor: (rounds: Rounds) => Promise<readonly Sample[]>;
}

/** Waits until the pair is whole. `nice`: of the process that binds drivers, and with it of the kernel's work in its name. */
export async function prepareReplugs(guest: Guest, nice = 0): Promise<Replugger> {
  const [primary, master] = await poll('the pair is whole', 300_000, async () => {
    const links = await readLinks(guest);
    const [vf, top] = [linkOf(links, 'primary'), linkOf(links, 'master')];
    return vf?.enslaved === true && top !== undefined && ([vf, top] as const);
  });
  const standby = await pciAddressOf(guest, master.name);
  const script = `VF=${primary.pciAddress} DRIVER=${primary.driver} STANDBY=${standby} nice -n ${nice} sh /run-lab/replug.sh`;
  const must = async (command: string, rounds = 1) =>
    await guest.must(`${script} ${command}`, rounds * 60_000 + 600_000);
  return {
    inGuest: async ({ count, orders: wanted, carrierEvery }) =>
      readSamples('guest', await must(`rounds ${count} ${carrierEvery} ${wanted.join(' ')}`, count)),
    byHypervisor: async ({ count, orders: wanted, carrierEvery }) => {
      const samples: Sample[] = [];
      for (let round = 1; round <= count; round += 1) {
        const order = wanted[(round - 1) % wanted.length] ?? 'vf-after-master';
        const carrier = Number(round % carrierEvery === 0);
        const isLong = order === 'vf-long-before-master' || (order === 'master-again' && carrier === 1);
        if (order !== 'vf-after-master') {
          await unplug(guest, 'net0');
          await must('no-master');
        }
        if (order !== 'master-again') {
          await unplug(guest, 'vf0');
          await must('no-vf');
          await plug(guest, primaryDevice);
        }
        if (isLong) samples.push(...readSamples('hypervisor', await must(`alone ${round} ${order}`)));
        if (order !== 'vf-after-master') await plug(guest, standbyDevice);
        samples.push(...readSamples('hypervisor', await must(`settled ${round} ${order} ${carrier}`)));
      }
      return samples;
    },
  };
}

/** Of the device below the virtio device of a link. */
async function pciAddressOf({ must }: Guest, link: string): Promise<string> {
  return (await must(`basename "$(readlink -f /sys/class/net/${link}/device/..)"`)).trim();
}

/** The guest is asked to let go of the device; QEMU says when it has. */
async function unplug({ machine }: Guest, id: string): Promise<void> {
  const before = machine.events().length;
  await machine.qmp('device_del', { id });
  await poll(`QEMU has taken ${id} out`, 120_000, () =>
    machine
      .events()
      .slice(before)
      .some(({ event, data }) => event === 'DEVICE_DELETED' && data?.['device'] === id),
  );
}

async function plug({ machine, pairs }: Guest, describe: typeof primaryDevice | typeof standbyDevice): Promise<void> {
  const [pair] = pairs;
  if (pair !== undefined) await machine.qmp('device_add', describe(pair, 0));
}

function readSamples(by: Sample['by'], output: string): readonly Sample[] {
  return output
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [round, order, when, role, link = '', property, ...addresses] = line.split(' ');
      return {
        by,
        round: Number(round),
        order: order as Order,
        when: when as Sample['when'],
        role: role as Sample['role'],
        link,
        property: property === '-' || property === undefined ? null : property,
        addresses,
      };
    });
}
