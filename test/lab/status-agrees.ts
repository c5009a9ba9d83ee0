/** What `failoverctl status` says of a guest, held against what the lab itself sees of it. */
import { poll } from './command.ts';
import type { Guest } from './guest.ts';
import { installedAt } from './program.ts';
import { ipv4Addresses, readState, type Manager, type NetworkState } from './state.ts';

interface Report {
  readonly healthy: boolean | null;
  readonly groups: readonly {
    readonly links: readonly {
      readonly name: string;
      readonly role: string;
      readonly carrier: boolean | null;
      readonly addresses: readonly { readonly family: string; readonly address: string }[];
      readonly managers: readonly { readonly manager: string; readonly state: string; readonly active: boolean }[];
    }[];
  }[];
  readonly problems: readonly { readonly id: string; readonly link: string | null }[];
}

/** Asks both until they agree, since a guest that is broken may still be changing; gives the problems that were named. */
export async function statusOnceItAgrees(guest: Guest, manager: Manager): Promise<readonly string[]> {
  let said: readonly string[] = [];
  let differences: readonly string[] = [];
  try {
    await poll('failoverctl status agrees with what the lab sees', 60_000, async () => {
      const state = await readState(guest, manager);
      const { status, stdout, stderr } = await guest.run(`${installedAt} status --json`);
      const report = JSON.parse(stdout || '{}') as Report;
      said = report.problems.map(({ id }) => id);
      differences = [
        ...compare(state, report, manager),
        ...(status === (said.length === 0 ? 0 : 1) ? [] : [`exit status ${status}, with ${said.length} problems`]),
        ...(stderr === '' ? [] : [stderr]),
      ];
      return differences.length === 0;
    });
  } catch (error) {
    throw new Error(`status says otherwise: ${differences.join('; ')}; it named: ${said.join(' ')}`, { cause: error });
  }
  return said;
}

/** "address-on-slave 4, duplicate-lease 1". */
export function tellProblems(ids: readonly string[]): string {
  const counts = [...new Set(ids)].map((id) => `${id} ${ids.filter((other) => other === id).length}`);
  return `status names ${counts.join(', ') || 'nothing'}`;
}

function compare(state: NetworkState, report: Report, manager: Manager): readonly string[] {
  const links = report.groups.flatMap((group) => group.links);
  const named = (id: string) => report.problems.filter((problem) => problem.id === id).map(({ link }) => link);
  const differences: string[] = [];
  const expect = (what: string, seen: string, told: string) => {
    if (seen !== told) differences.push(`${what}: the lab sees ${seen}, status ${told}`);
  };
  for (const link of state.links.filter(({ pair }) => pair >= 0)) {
    const told = links.find(({ name }) => name === link.name);
    const addresses = told?.addresses.filter(({ family }) => family === 'inet').map(({ address }) => address);
    expect(`role of ${link.name}`, link.role, told?.role ?? 'none');
    expect(`carrier of ${link.name}`, String(link.carrier), String(told?.carrier === true));
    expect(`addresses of ${link.name}`, ipv4Addresses(link).join(), (addresses ?? []).join().replace(/\/\d+/g, ''));
    const own = told?.managers.find((one) => one.manager === manager);
    const stateSeen = state.managed.get(link.name);
    if (manager === 'networkd') expect(`networkd's state of ${link.name}`, stateSeen ?? '', own?.state ?? '');
    else if (manager !== 'dhcpcd')
      expect(
        `${manager}'s ${link.name}`,
        String(/^(?:up|configuring)$/.test(stateSeen ?? '')),
        String(own?.active === true),
      );
    const isSlave = link.role !== 'master';
    const is = (what: string, wrong: boolean, id: string) =>
      expect(`${what} of ${link.name}`, String(wrong), String(named(id).includes(link.name)));
    is('an address', isSlave && link.addresses.length > 0, 'address-on-slave');
    is('a default route', isSlave && state.defaultRoutes.includes(link.name), 'duplicate-default-route');
    is(
      'a failed duplicate address detection',
      link.addresses.some((one) => one.includes('dadfailed')),
      'duplicate-address',
    );
  }
  return differences;
}
