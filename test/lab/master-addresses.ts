/** The master's IPv4 addresses while something is done to the guest, by the guest's own `ip monitor`. */
import type { Guest } from './guest.ts';
import { linkOf, readLinks } from './links.ts';
import { ipv4Addresses } from './state.ts';

export interface AddressWatch {
  readonly before: readonly string[];
  /** Ends it, and gives each address that was taken away, also if it came back at once. */
  readonly end: () => Promise<readonly string[]>;
}

const log = '/run/lab/monitor';

export async function watchMastersAddresses(guest: Guest): Promise<AddressWatch> {
  const master = linkOf(await readLinks(guest), 'master');
  // by its number: the name may change
  const index = (await guest.must(`cat /sys/class/net/${master?.name}/ifindex`)).trim();
  await guest.must(`setsid ip -4 -o monitor address >${log} 2>&1 </dev/null 3>&- & echo $! >${log}.pid; sleep 0.3`);
  return {
    before: ipv4Addresses(master),
    end: async () => {
      const events = await guest.must(`kill "$(cat ${log}.pid)" || true; cat ${log}`);
      return [...events.matchAll(/^Deleted (\d+): .*? inet ([\d.]+)\//gm)].flatMap(([, of, address]) =>
        of === index && address !== undefined ? address : [],
      );
    },
  };
}
