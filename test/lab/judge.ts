/** Waits for a guest's state, measures what it loses, and describes both: what scenarios and checks judge by. */
import { poll } from './command.ts';
import type { Guest } from './guest.ts';
import { linkOf } from './links.ts';
import type { Broken } from './scenario.ts';
import { hostAddress, type PingResult } from './segment.ts';
import { acknowledgedAddresses, faultsOf, ipv4Addresses, readState, type Manager, type NetworkState } from './state.ts';

/** Waits until nothing is wrong, and gives the master's address; else says what is. */
export async function waitUntilRight(
  guest: Guest,
  manager: Manager,
  what: string,
  judge: typeof faultsOf,
  mark: () => number,
): Promise<string> {
  let faults: readonly string[] = [];
  try {
    return await poll(
      what,
      300_000,
      async () => {
        const state = await readState(guest, manager);
        faults = judge(state, acknowledgedAddresses(guest.segment.log().slice(mark())));
        return faults.length === 0 && (ipv4Addresses(linkOf(state.links, 'master'))[0] ?? null);
      },
      500,
    );
  } catch (error) {
    throw new Error(`${what}: ${faults.join('; ')}`, { cause: error });
  }
}

/**
 * A broken guest is settled once those that are expected to hold an address do. Where a race decides: once the links have
 * carrier and no lease has come for ten seconds.
 */
export async function waitUntilSettled(guest: Guest, manager: Manager, expected: Broken | null): Promise<NetworkState> {
  let last = '';
  let since = Date.now();
  let state = await readState(guest, manager);
  const settled = async () => {
    state = await readState(guest, manager);
    if (expected !== null)
      return expected.addressed.every((role) => ipv4Addresses(linkOf(state.links, role)).length > 0);
    const now = JSON.stringify([state.links, guest.segment.leases().map(({ address }) => address)]);
    if (now !== last) since = Date.now();
    last = now;
    return Date.now() - since > 10_000;
  };
  const what = expected === null ? 'nothing changes any more' : `addresses on ${expected.addressed.join(', ')}`;
  try {
    await poll(what, 300_000, settled, 500);
  } catch (error) {
    throw new Error(`${what}: ${describe(state, [])}`, { cause: error });
  }
  return state;
}

/**
 * Pings for three seconds, after the guest has sent something itself. The segment's bridge knows the one MAC by the port of
 * the last frame; after a re-plug a silent guest is unreachable through the port of the NIC that is not active, until it
 * sends: that is the host's to solve (the FDB steps of the kernel's net_failover.rst), and not what is judged here.
 */
export async function pingTalkingGuest(guest: Guest, address: string): Promise<PingResult> {
  await guest.run(`ping -c 2 -i 0.2 -W 1 -I ${address} ${hostAddress}`);
  return await guest.segment.ping(address, 3);
}

interface Loss {
  readonly address: string;
  readonly sent: number;
  readonly lost: number;
}

export async function measureLoss(guest: Guest, { links }: NetworkState): Promise<readonly Loss[]> {
  const addresses = [...new Set(links.flatMap(ipv4AddressesOfPair))];
  return await Promise.all(
    addresses.map(async (address) => {
      const { sent, lost } = await pingTalkingGuest(guest, address);
      return { address, sent, lost };
    }),
  );
}

export const ipv4AddressesOfPair = (link: NetworkState['links'][number]) => (link.pair < 0 ? [] : ipv4Addresses(link));

export function describe({ links, defaultRoutes }: NetworkState, losses: readonly Loss[]): string {
  const pair = links.filter((link) => link.pair >= 0);
  const master = linkOf(links, 'master');
  return [
    pair.map((link) => `${link.role} ${link.name} ${ipv4Addresses(link).join(' ') || '-'}`).join(', '),
    `${defaultRoutes.length} default routes`,
    `master's fe80 ${master?.addresses.find((one) => one.startsWith('fe80:'))?.replace(/^\S+ ?/, '') || 'fine'}`,
    ...losses.map(({ address, sent, lost }) => `${Math.round((100 * lost) / Math.max(1, sent))} % loss to ${address}`),
  ].join('; ');
}

/** The guest's own account, of a run that went wrong. */
export async function collectEvidence(guest: Guest): Promise<string> {
  const account = await guest
    .run(
      `ip address; ip route; ip -6 route; networkctl list --no-pager; ifquery --state
       grep -r . /run/lab/install.out 2>/dev/null
       for file in /etc/systemd/network/* /run/systemd/network/* /etc/udev/rules.d/* /etc/netplan/* /etc/network/interfaces /etc/network/interfaces.d/*; do
         [ ! -f "$file" ] || { echo "== $file"; cat "$file"; }
       done
       udevadm info --export-db | grep -A30 '^P:.*/net/'
       journalctl -b --no-pager -o short-monotonic | tail -n 400`,
      120_000,
    )
    .catch((error: unknown) => ({ stdout: String(error) }));
  return [account.stdout, '== DHCP server', guest.segment.log(), '== console', guest.machine.console()].join('\n');
}
